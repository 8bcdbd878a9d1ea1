"""Trains the reader model: pairs, model, training, export."""
