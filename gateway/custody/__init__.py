"""What stands about physical keys: who may borrow, what may be lent now, the one way into the ledger, what is out."""
