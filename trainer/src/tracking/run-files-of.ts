import { join } from "node:path";

/** The files of a data set where the pipeline leaves them. */
export function runFilesOf(dataSet: string, root: string) {
  return {
    bundleFolder: join(root, `models/${dataSet}`),
    metricsFile: join(root, `models/${dataSet}.metrics.json`),
    bestParamsFile: join(root, `models/${dataSet}.best-params.json`),
    evaluationFolder: join(root, `build/${dataSet}/evaluation`),
    snapshotFolder: join(root, dataSet === "starter" ? "build/starter/snapshot" : `data/${dataSet}/snapshot`),
    paramsFile: join(root, "params.yaml"),
    runFile: join(root, `build/${dataSet}/run.json`),
  };
}
