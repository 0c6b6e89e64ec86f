"""How the embedded model was made: encoder, vocabulary, data, fine-tuning, export, evaluation.

Run ``python -m stancelib.training --help`` (needs ``pip install "stancelib[torch]"``). Each
step reads the files of the one before it in a work folder, so that it can be rerun alone.
"""
