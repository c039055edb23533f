import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";

/**
 * Loaded ahead of the program by `npm start`: keeps what Node makes of each module (types stripped, compiled) beside the dependencies,
 * so that the next start does not make it again. Where that folder cannot be written, every start is a first one. Plain JavaScript,
 * because this file alone is never in the cache.
 */
enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/mooring"));

// Written at exit too, but a process that is killed has none.
setTimeout(flushCompileCache, 5_000).unref();
