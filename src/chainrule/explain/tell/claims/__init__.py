"""One file a claim: a question of the learner, a test on the user's network, and the sentence that the test allows."""
