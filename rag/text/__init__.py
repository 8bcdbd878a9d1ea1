"""What a piece of writing is made of: its language, its sentences, the terms it is found by."""
