"""What writing is made of: language, sentences, quantities, and the terms that find it."""
