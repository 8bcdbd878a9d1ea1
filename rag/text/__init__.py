"""What a piece of writing is made of: language, sentences, quantities, and terms to find it by."""
