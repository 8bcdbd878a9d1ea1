"""A language model behind a server: the client, and the prompts."""
