"""How tools say that something failed: one table for each family of tools."""
