// Stands in for the evaluate stage: the starter's figures under the candidate's name, and a report with nothing in it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { loadBundle } from "../../../shared/src/bundle/load-bundle.ts";
import { readBundleFolder } from "../../../shared/src/node/read-bundle-folder.ts";

const { "data-set": dataSet = "" } = parseArgs({ options: { "data-set": { type: "string" } } }).values;
const { manifest, hash } = await loadBundle(readBundleFolder(`models/${dataSet}`));
const metrics = JSON.parse(await readFile("models/starter.metrics.json", "utf8"));
const bundle = { version: manifest.version, hash, dataMd5: manifest.lineage.data_md5 };
const folder = `build/${dataSet}/evaluation`;
await mkdir(folder, { recursive: true });
await writeFile(
  `models/${dataSet}.metrics.json`,
  `${JSON.stringify({ ...metrics, bundle }, undefined, 2)}\n`,
);
await writeFile(`${folder}/latency.json`, "null\n");
for (const page of ["report.html", "report-without-texts.html"]) {
  await writeFile(`${folder}/${page}`, "<!doctype html><title>Quick</title>\n");
}
