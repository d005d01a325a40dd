"""What surrounds a network on a card: pictures to its input, its logits to class ids, each in one pass."""
