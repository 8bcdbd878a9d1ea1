"""What a piece of writing is made of: languages, sentences, quantities, and terms to find it by."""
