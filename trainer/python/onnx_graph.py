"""One ONNX graph from a model's input row to its probabilities: linear heads in float64, trees, softmax.

    features float32 [N, 384 + numeric + term scores]
      -> scores of all heads    (features x W) + flag x (features x W flagged), float64, rounded to float32
      -> trees on [scores | numeric]
      -> softmax(trees + own head's scores) = probabilities float32 [N, classes]

float64, so that the sums round to the very float32 numbers that the trees were trained on; a tree asks whether a number
is below a threshold, and the last bit can decide.
"""

from __future__ import annotations

import numpy as np
import onnx
import xgboost
from onnx import TensorProto, helper, numpy_helper
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

# The lowest that has all operators used here: any ONNX Runtime of the last years reads it.
OPSET = 15
OPSET_ML = 3


def onnx_graph(
    name: str,
    booster: xgboost.Booster,
    dense: np.ndarray,
    dense_if_flagged: np.ndarray,
    flag_column: int,
    margin: np.ndarray,
) -> bytes:
    """The serialised model. Sizes: D dense columns (embedding, numeric), S scores of all heads, C classes.

    `dense` and `dense_if_flagged` float64 [S, D]; `margin` float32 [S, C] picks the model's own scores. The trees' columns
    are the S scores and then the numeric ones, `booster` has been trained on them.
    """
    scores, dense_columns = dense.shape
    numeric_columns = booster.num_features() - scores
    columns = dense_columns + scores
    common = np.vstack([dense.T, np.eye(scores)])  # the term scores are the last columns, and are added as they are
    flagged = np.vstack([dense_if_flagged.T, np.zeros((scores, scores))])
    constants = {
        "common": common,
        "flagged": flagged,
        "margin": margin.astype(np.float32),
        "axis": np.array([1]),
        "flag_from": np.array([flag_column]),
        "flag_to": np.array([flag_column + 1]),
        "numeric_from": np.array([dense_columns - numeric_columns]),
        "numeric_to": np.array([dense_columns]),
    }
    nodes = [
        helper.make_node("Cast", ["features"], ["exact"], to=TensorProto.DOUBLE),
        helper.make_node("Slice", ["exact", "flag_from", "flag_to", "axis"], ["flag"]),
        helper.make_node("MatMul", ["exact", "common"], ["common_scores"]),
        helper.make_node("MatMul", ["exact", "flagged"], ["flagged_scores"]),
        helper.make_node("Mul", ["flagged_scores", "flag"], ["flagged_share"]),
        helper.make_node("Add", ["common_scores", "flagged_share"], ["exact_scores"]),
        helper.make_node("Cast", ["exact_scores"], ["scores"], to=TensorProto.FLOAT),
        helper.make_node("Slice", ["features", "numeric_from", "numeric_to", "axis"], ["numeric"]),
        helper.make_node("Concat", ["scores", "numeric"], ["tree_columns"], axis=1),
        trees_node(booster, "tree_columns", "tree_scores"),
        helper.make_node("MatMul", ["scores", "margin"], ["start"]),
        helper.make_node("Add", ["tree_scores", "start"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, columns])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, margin.shape[1]])],
        [numpy_helper.from_array(np.ascontiguousarray(value), key) for key, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", OPSET_ML)]
    model = helper.make_model(graph, opset_imports=opsets, producer_name="support-it-agent", ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def trees_node(booster: xgboost.Booster, columns: str, output: str) -> onnx.NodeProto:
    """The trees as the converter writes them, as plain sums for each class: a TreeEnsembleRegressor.

    TreeEnsembleClassifier would do for three classes, but gives two classes' scores a meaning of its own. Raises
    ValueError where the converter wrote another graph than one classifier.
    """
    shape = FloatTensorType([None, booster.num_features()])
    converted = convert_xgboost(booster, initial_types=[("columns", shape)], target_opset=OPSET)
    found = [node for node in converted.graph.node if node.op_type == "TreeEnsembleClassifier"]
    if len(found) != 1:
        written = [node.op_type for node in converted.graph.node]
        raise ValueError(f"onnxmltools wrote {written}, expected one tree ensemble among them.")
    attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in found[0].attribute}
    sums = {
        key.replace("class_", "target_"): value
        for key, value in attributes.items()
        if key.startswith(("class_", "nodes_"))
    }
    sums["nodes_modes"] = [mode.decode() for mode in sums["nodes_modes"]]
    return helper.make_node(
        "TreeEnsembleRegressor",
        [columns],
        [output],
        domain="ai.onnx.ml",
        n_targets=len(attributes["classlabels_int64s"]),
        aggregate_function="SUM",
        post_transform="NONE",
        **sums,
    )
