"""What goes wrong between us and any server, in the words of a gap."""
