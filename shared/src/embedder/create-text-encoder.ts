import { Tokenizer } from "@huggingface/tokenizers";
import { maxTokens } from "./embedder.ts";

/** A text's token ids, [CLS] first and [SEP] last: 2 to 256 of them. */
export type TextEncoder = (text: string) => Int32Array<ArrayBuffer>;

/** What a text may weigh on the tokenizer; 256 tokens of prose are about 1,200 characters. */
const maxCharacters = 16_384;
const clsId = 101;
const sepId = 102;

/**
 * The tokenizer of all-MiniLM-L6-v2 (lower-cased WordPiece), out of its tokenizer.json: parsed JSON. The
 * padding and the 128 tokens that this file also asks for are not applied; a long text keeps its first
 * 254 tokens between [CLS] and [SEP], as sentence-transformers has it. Nothing beyond the first 16,384
 * characters is read. A lone surrogate counts as U+FFFD. Throws when the file is another model's.
 */
export function createTextEncoder(tokenizerJson: unknown): TextEncoder {
  if (typeof tokenizerJson !== "object" || tokenizerJson === null) {
    throw new Error("tokenizer.json is not a JSON object: fetch the model's files again.");
  }
  const tokenizer = new Tokenizer(tokenizerJson, {});
  if (tokenizer.token_to_id("[CLS]") !== clsId || tokenizer.token_to_id("[SEP]") !== sepId) {
    throw new Error("tokenizer.json is not the one of all-MiniLM-L6-v2: [CLS] and [SEP] have other numbers.");
  }
  return (text) => {
    const ids = Int32Array.from(tokenizer.encode(text.slice(0, maxCharacters).toWellFormed()).ids);
    if (ids.length <= maxTokens) return ids;
    const cut = ids.slice(0, maxTokens);
    cut[maxTokens - 1] = sepId;
    return cut;
  };
}
