"""The reader model: question and passage read together, to where the answer stands and how likely.

An extractive question-answering model in the manner of Devlin et al. 2019 (arXiv 1810.04805, §4.3):
the start and end of the answer are tokens of the passage, or the first token where the passage does
not answer; one more output says whether it does.
"""
