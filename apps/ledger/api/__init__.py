"""The REST API of every ledger, made from its declaration: same scope, rights, checks and write path as the pages."""
