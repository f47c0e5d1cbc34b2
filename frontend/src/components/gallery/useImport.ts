// Takes many files into the gallery, some at a time, and keeps what became of each.
import { useRef, useState } from "react";
import { type Candidate, type ImportedFile, importFiles, useRefreshImages } from "@/api/exchange";
import { ApiProblem, explain } from "@/api/problem";
import { useSystem } from "@/api/system";
import { isPicture, type Named } from "@/utils/files";
import { linesByPicture, metadataFile } from "@/utils/metadataLines";

const atOnce = 8;
const usualBytes = 20 * 1024 * 1024;
const mostText = 300_000;
const patience = 6;

export type ImportState = {
  running: boolean;
  total: number;
  results: readonly ImportedFile[];
  /** Files that aren't pictures. */
  ignored: number;
};

const nothing: ImportState = { running: false, total: 0, results: [], ignored: 0 };

export function useImport() {
  const [state, setState] = useState(nothing);
  const limit = useSystem().data?.limits.max_upload_bytes ?? usualBytes;
  const refresh = useRefreshImages();
  const stopped = useRef(false);
  const busy = useRef(false);

  async function start(files: readonly Named[]): Promise<void> {
    if (busy.current) return;
    busy.current = true;
    stopped.current = false;
    const lines = await readLines(files);
    const found: Candidate[] = files.filter(isPicture).map(({ name, file }) => {
      const line = lines.get(name);
      return line === undefined ? { name, file } : { name, file, line };
    });
    const others = files.filter((one) => !isPicture(one) && baseName(one.name) !== metadataFile);
    setState({ running: true, total: found.length, results: [], ignored: others.length });
    const results: ImportedFile[] = [];
    for (const some of inBatches(found, limit)) {
      if (stopped.current) break;
      results.push(...(await send(some)));
      setState((before) => ({ ...before, results: [...results] }));
    }
    busy.current = false;
    setState((before) => ({ ...before, running: false }));
    if (results.some(({ status }) => status !== "failed")) await refresh();
  }

  function stop(): void {
    stopped.current = true;
  }

  return { ...state, start, stop, reset: () => setState(nothing) };
}

/** What became of some files; when they didn't arrive at all, each failed for that reason. */
async function send(some: readonly Candidate[]): Promise<ImportedFile[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await importFiles(some);
    } catch (error) {
      const busy = error instanceof ApiProblem && error.status === 503;
      if (!busy || attempt >= patience) {
        const detail = explain(error);
        return some.map(({ name }) => ({
          file_name: name,
          status: "failed",
          image_id: null,
          program: null,
          detail,
        }));
      }
      await new Promise((done) => setTimeout(done, 1000 * attempt));
    }
  }
}

function inBatches(files: readonly Candidate[], limit: number): Candidate[][] {
  const batches: Candidate[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  let text = 0;
  for (const one of files) {
    const last = batches.at(-1);
    const length = one.line?.length ?? 0;
    const fits = bytes + one.file.size <= limit && text + length <= mostText;
    if (last && fits && last.length < atOnce) {
      last.push(one);
      bytes += one.file.size;
      text += length;
    } else {
      batches.push([one]);
      bytes = one.file.size;
      text = length;
    }
  }
  return batches;
}

async function readLines(files: readonly Named[]): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const { name, file } of files) {
    if (baseName(name) !== metadataFile) continue;
    const folder = name.slice(0, Math.max(0, name.length - metadataFile.length - 1));
    for (const [path, line] of linesByPicture(await file.text(), folder)) all.set(path, line);
  }
  return all;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
