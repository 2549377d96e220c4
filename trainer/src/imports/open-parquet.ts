import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { CliError } from "../cli-error.ts";
import type { ImportRecord, RecordFile } from "./open-records.ts";

/** Opens a Parquet file, which is read a row group at a time. Rejects with CliError where it is none. */
export async function openParquet(path: string): Promise<RecordFile> {
  const failed = (cause: unknown): never => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`${path} cannot be read as Parquet: ${why}`, { cause });
  };
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch(failed);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);

  async function* read(
    wanted: readonly string[],
    onProgress: (done: number) => void,
  ): AsyncGenerator<ImportRecord> {
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const options = { file, metadata, compressors, columns: [...wanted], rowStart, rowEnd };
      const rows = await parquetReadObjects(options).catch(failed);
      for (const [at, values] of rows.entries()) yield { line: rowStart + at + 1, values };
      rowStart = rowEnd;
      onProgress(rowStart);
    }
  }
  return { columns, size: Number(metadata.num_rows), unit: "rows", read };
}
