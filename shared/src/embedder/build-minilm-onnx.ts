import { embeddingDimensions, maxTokens } from "./embedder.ts";
import { createProtobufWriter } from "./protobuf-writer.ts";
import type { TensorPlace } from "./read-safetensors.ts";

const layers = 6;
const heads = 12;
const layerNormEpsilon = 1e-12;

/**
 * The network of all-MiniLM-L6-v2 as an ONNX model of a few kilobytes: the weights stay where they are, in
 * the safetensors file, and the model refers to them by offset (ONNX external data under the name
 * `weightsName`). So one file of weights, the one its authors published, serves every runtime, and a
 * runtime that can map files into memory need not copy it.
 *
 * Input `word_embeddings`: float32 [batch, tokens, 384], the rows of the word table (WordTable): the table is half of
 * the file, and looking rows up needs no runtime. `positions`: int64 [tokens], each token's place in its text. Output
 * `embedding`: float32 [batch, 384], the mean over the tokens, L2-normalised.
 *
 * A batch comes in one of two forms, told apart by `packed` (bool, one element). Not packed, all its texts have one true
 * length, so that neither padding nor a mask exists. Packed, texts of any lengths stand one behind the other in one row
 * ([1, tokens, 384]), two to four of them: the layers are linear in the tokens and share each weight's way from memory, and for attention alone
 * the row is split by `lengths` (int64 [texts]; `beyond_two` and `beyond_three`, bool [1], say how many there are). `pooling` (float32 [texts, tokens])
 * holds what a token counts in each text's mean. Of a batch that is not packed none of these is read.
 *
 * Gelu is the exact one (erf). Attention, layer normalisation with its residual, and Gelu are ONNX
 * Runtime's fused operators (com.microsoft), which its native and its WebAssembly build both have.
 * Sources: BERT, https://arxiv.org/abs/1810.04805; operators, onnxruntime docs/ContribOperators.md.
 * Throws when a tensor is missing or has another shape than the architecture says.
 */
export function buildMinilmOnnx(
  tensors: ReadonlyMap<string, TensorPlace>,
  weightsName: string,
): Uint8Array<ArrayBuffer> {
  const graph = createGraph(tensors, weightsName);
  let state = embeddings(graph);
  for (let layer = 0; layer < layers; layer += 1) state = encoderLayer(graph, layer, state);
  pooling(graph, state);
  return graph.finish();
}

/** Word, position and segment embeddings, added and normalised: float32 [batch * tokens, 384]. */
function embeddings(graph: Graph): string {
  const positions = graph.weight("embeddings.position_embeddings.weight", [maxTokens, embeddingDimensions]);
  const segment = graph.weight("embeddings.token_type_embeddings.weight", [embeddingDimensions]);

  graph.integers("one", [1]);
  graph.integers("flatShape", [-1, embeddingDimensions]);
  graph.node("Shape", ["word_embeddings"], ["foldedShape"]);
  graph.node("Gather", [positions, "positions"], ["placed"]);
  graph.fused(
    "SkipLayerNormalization",
    ["word_embeddings", "placed", ...graph.layerNorm("embeddings.LayerNorm"), segment],
    ["embedded"],
    { epsilon: layerNormEpsilon },
  );
  graph.node("Reshape", ["embedded", "flatShape"], ["state"]);
  return "state";
}

/** Self-attention and the feed-forward block, each with its residual and normalisation; [batch * tokens, 384]. */
function encoderLayer(graph: Graph, layer: number, state: string): string {
  const path = `encoder.layer.${layer}`;
  const folded = ["query", "key", "value"].map((part) => {
    const flat = graph.linear(
      `${path}.attention.self.${part}`,
      state,
      embeddingDimensions,
      embeddingDimensions,
    );
    graph.node("Reshape", [flat, "foldedShape"], [`${flat}.folded`]);
    return `${flat}.folded`;
  });
  graph.either("packed", `${path}.attended`, {
    yes: (output) => attentionWithinTexts(graph, folded, output),
    no: (output) => attention(graph, folded, output),
  });
  graph.node("Reshape", [`${path}.attended`, "flatShape"], [`${path}.attendedFlat`]);
  const attended = graph.linear(
    `${path}.attention.output.dense`,
    `${path}.attendedFlat`,
    embeddingDimensions,
    embeddingDimensions,
  );
  graph.fused(
    "SkipLayerNormalization",
    [attended, state, ...graph.layerNorm(`${path}.attention.output.LayerNorm`)],
    [`${path}.middle`],
    { epsilon: layerNormEpsilon },
  );

  const wide = graph.linear(
    `${path}.intermediate.dense`,
    `${path}.middle`,
    embeddingDimensions,
    4 * embeddingDimensions,
  );
  graph.fused("Gelu", [wide], [`${path}.activated`]);
  const narrow = graph.linear(
    `${path}.output.dense`,
    `${path}.activated`,
    4 * embeddingDimensions,
    embeddingDimensions,
  );
  graph.fused(
    "SkipLayerNormalization",
    [narrow, `${path}.middle`, ...graph.layerNorm(`${path}.output.LayerNorm`)],
    [`${path}.out`],
    { epsilon: layerNormEpsilon },
  );
  return `${path}.out`;
}

/** Query, key and value, each float32 [batch, tokens, 384] -> what each token takes from those of its own row; the same shape. */
function attention(graph: Graph, parts: readonly string[], output: string): void {
  graph.fused("MultiHeadAttention", parts, [output], { num_heads: heads });
}

/**
 * The same for two to four texts that stand one behind the other in one row, each by itself: without a mask, so that ONNX Runtime's quick kernel
 * (flash attention) is used and no product is made for nothing. A number of nodes is fixed, hence a branch for each number of texts.
 */
function attentionWithinTexts(graph: Graph, parts: readonly string[], output: string): void {
  const within = (texts: number) => (joined: string) => {
    const split = parts.map((part) => graph.split(part, "lengths", texts, `${joined}.${part}`));
    const each = Array.from({ length: texts }, (_, text) => {
      const name = `${joined}.${text}`;
      const own = split.map((pieces) => pieces[text] ?? "");
      attention(graph, own, name);
      return name;
    });
    graph.node("Concat", each, [joined], { axis: 1 });
  };
  graph.either("beyond_two", output, {
    yes: (three) => graph.either("beyond_three", three, { yes: within(4), no: within(3) }),
    no: within(2),
  });
}

/** The mean over the tokens, scaled to length 1: float32 [batch, 384]. */
function pooling(graph: Graph, state: string): void {
  graph.node("Reshape", [state, "foldedShape"], ["lastHiddenState"]);
  graph.either("packed", "mean", {
    yes: (output) => graph.node("MatMul", ["pooling", state], [output]),
    no: (output) => graph.node("ReduceMean", ["lastHiddenState", "one"], [output], { keepdims: 0 }),
  });
  graph.node("LpNormalization", ["mean"], ["embedding"], { axis: -1, p: 2 });
}

type Attributes = Readonly<Record<string, number>>;

/** A graph under construction; every method returns or takes names of values. */
type Graph = {
  /** A tensor of the file, by reference; `shape` may ask for its first rows only. */
  weight(name: string, shape: readonly number[]): string;
  /** A small constant: int64 [values.length]. */
  integers(name: string, values: readonly number[]): void;
  /** Scale and shift of a layer normalisation. */
  layerNorm(path: string): [string, string];
  /** x W^T + b, with W [outputs, inputs] as PyTorch stores it; gives float32 [rows, outputs]. */
  linear(path: string, input: string, inputs: number, outputs: number): string;
  /** Pieces of the second axis, as many as `count`, each as long as `lengths` says. */
  split(input: string, lengths: string, count: number, output: string): string[];
  /** An operator of the ONNX standard. */
  node(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Attributes,
  ): void;
  /** An operator of ONNX Runtime. */
  fused(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Attributes,
  ): void;
  /** An If: the nodes of one of two branches run, each of which makes the value it is given the name of. */
  either(
    condition: string,
    output: string,
    branches: Readonly<Record<"yes" | "no", (output: string) => void>>,
  ): void;
  finish(): Uint8Array<ArrayBuffer>;
};

// Field numbers below are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
const float32 = 1;
const int64 = 7;
const external = 1;
const attributeFloat = 1;
const attributeInt = 2;
const attributeGraph = 5;
const bool = 9;

function createGraph(tensors: ReadonlyMap<string, TensorPlace>, weightsName: string): Graph {
  let nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];

  /** The nodes that `build` adds, as a graph of their own with one output; it sees all values of the graph around it. */
  const branch = (output: string, build: (output: string) => void): Uint8Array => {
    const around = nodes;
    nodes = [];
    build(output);
    const inner = createProtobufWriter();
    for (const node of nodes) inner.bytes(1, node);
    inner.text(2, output);
    inner.bytes(12, valueInfo(output, float32));
    nodes = around;
    return inner.finish();
  };

  const add = (
    domain: string,
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes | Readonly<Record<string, Uint8Array>>,
  ): void => {
    const node = createProtobufWriter();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(3, outputs[0] ?? operator);
    node.text(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.bytes(5, attribute(name, value));
    node.text(7, domain);
    nodes.push(node.finish());
  };

  const graph: Graph = {
    weight: (name, shape) => {
      initializers.push(externalTensor(name, shape, placeOf(tensors, name, shape), weightsName));
      return name;
    },
    integers: (name, values) => {
      const tensor = createProtobufWriter();
      tensor.integer(1, values.length);
      tensor.integer(2, int64);
      for (const value of values) tensor.integer(7, value);
      tensor.text(8, name);
      initializers.push(tensor.finish());
    },
    layerNorm: (path) => [
      graph.weight(`${path}.weight`, [embeddingDimensions]),
      graph.weight(`${path}.bias`, [embeddingDimensions]),
    ],
    linear: (path, input, inputs, outputs) => {
      const weight = graph.weight(`${path}.weight`, [outputs, inputs]);
      const bias = graph.weight(`${path}.bias`, [outputs]);
      graph.node("Gemm", [input, weight, bias], [`${path}.linear`], { transB: 1 });
      return `${path}.linear`;
    },
    split: (input, lengths, count, output) => {
      const pieces = Array.from({ length: count }, (_, piece) => `${output}.${piece}`);
      graph.node("Split", [input, lengths], pieces, { axis: 1 });
      return pieces;
    },
    node: (operator, inputs, outputs, attributes = {}) => add("", operator, inputs, outputs, attributes),
    fused: (operator, inputs, outputs, attributes = {}) =>
      add("com.microsoft", operator, inputs, outputs, attributes),
    either: (condition, output, { yes, no }) =>
      add("", "If", [condition], [output], {
        then_branch: branch(`${output}.packed`, yes),
        else_branch: branch(`${output}.plain`, no),
      }),
    finish: () => model(nodes, initializers),
  };
  return graph;
}

function placeOf(
  tensors: ReadonlyMap<string, TensorPlace>,
  name: string,
  shape: readonly number[],
): TensorPlace {
  const place = tensors.get(name);
  if (place === undefined)
    throw new Error(`The weights have no tensor ${name}: they are not all-MiniLM-L6-v2.`);
  const lengthBytes = 4 * shape.reduce((product, size) => product * size, 1);
  const columnsDiffer = place.shape.at(-1) !== shape.at(-1);
  if (place.dtype !== "F32" || columnsDiffer || place.lengthBytes < lengthBytes) {
    throw new Error(
      `The tensor ${name} is ${place.dtype} [${place.shape}], float32 [${shape}] was expected: ` +
        "the weights are not all-MiniLM-L6-v2.",
    );
  }
  return { ...place, lengthBytes };
}

function externalTensor(
  name: string,
  shape: readonly number[],
  place: TensorPlace,
  weightsName: string,
): Uint8Array {
  const tensor = createProtobufWriter();
  for (const size of shape) tensor.integer(1, size);
  tensor.integer(2, float32);
  tensor.text(8, name);
  const entries = { location: weightsName, offset: `${place.offsetBytes}`, length: `${place.lengthBytes}` };
  for (const [key, value] of Object.entries(entries)) {
    const entry = createProtobufWriter();
    entry.text(1, key);
    entry.text(2, value);
    tensor.bytes(13, entry.finish());
  }
  tensor.integer(14, external);
  return tensor.finish();
}

/** A number, or a graph that is finished. */
function attribute(name: string, value: number | Uint8Array): Uint8Array {
  const isFloat = name === "epsilon";
  const out = createProtobufWriter();
  out.text(1, name);
  if (typeof value !== "number") out.bytes(6, value);
  else if (isFloat) out.float(2, value);
  else out.integer(3, value);
  const numberType = isFloat ? attributeFloat : attributeInt;
  out.integer(20, typeof value === "number" ? numberType : attributeGraph);
  return out.finish();
}

function model(nodes: readonly Uint8Array[], initializers: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const graph = createProtobufWriter();
  for (const node of nodes) graph.bytes(1, node);
  graph.text(2, "all-MiniLM-L6-v2");
  for (const initializer of initializers) graph.bytes(5, initializer);
  graph.bytes(11, valueInfo("word_embeddings", float32, ["batch", "tokens", embeddingDimensions]));
  graph.bytes(11, valueInfo("positions", int64, ["tokens"]));
  graph.bytes(11, valueInfo("packed", bool, [1]));
  graph.bytes(11, valueInfo("beyond_two", bool, [1]));
  graph.bytes(11, valueInfo("beyond_three", bool, [1]));
  graph.bytes(11, valueInfo("lengths", int64, ["texts"]));
  graph.bytes(11, valueInfo("pooling", float32, ["texts", "pooled"]));
  graph.bytes(12, valueInfo("embedding", float32, ["vectors", embeddingDimensions]));

  const out = createProtobufWriter();
  out.integer(1, 10); // IR version of ONNX 1.15, which brought operator set 20
  out.text(2, "support-it-agent");
  out.bytes(7, graph.finish());
  for (const [domain, version] of [["", 20] as const, ["com.microsoft", 1] as const]) {
    const operators = createProtobufWriter();
    operators.text(1, domain);
    operators.integer(2, version);
    out.bytes(8, operators.finish());
  }
  return out.finish();
}

/** An input or output; a named size is any size. Without a shape it is what the nodes make it. */
function valueInfo(name: string, elementType: number, shape?: readonly (string | number)[]): Uint8Array {
  const tensor = createProtobufWriter();
  tensor.integer(1, elementType);
  if (shape) tensor.bytes(2, dimensionsOf(shape));
  const type = createProtobufWriter();
  type.bytes(1, tensor.finish());
  const out = createProtobufWriter();
  out.text(1, name);
  out.bytes(2, type.finish());
  return out.finish();
}

function dimensionsOf(shape: readonly (string | number)[]): Uint8Array {
  const dimensions = createProtobufWriter();
  for (const size of shape) {
    const dimension = createProtobufWriter();
    if (typeof size === "number") dimension.integer(1, size);
    else dimension.text(2, size);
    dimensions.bytes(1, dimension.finish());
  }
  return dimensions.finish();
}
