"""The web chat: shows answers and the passages they cite, and holds no logic of its own."""
