"""Character recognition on page images. Its modules need the extra `ocr`: import them inside functions only."""
