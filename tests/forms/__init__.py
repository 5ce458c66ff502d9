"""States of a cluster, written in every recorded form."""
