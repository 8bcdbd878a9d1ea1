"""From a question to passages: term scores and cosines, fused, merged and, if wanted, reranked."""
