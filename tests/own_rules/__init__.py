"""Rules as an organisation would write them."""
