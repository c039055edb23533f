import { operations, ownEvents, roles } from "@mooring/contract";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** How the console is built, and served while it is worked on: `npm run dev`, beside a Mooring on its usual port. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  plugins: [react(), contractTables()],
  // The server puts a fresh nonce in the place of this for every page that it sends.
  html: { cspNonce: "__NONCE__" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // What is inlined as data: is refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Browsers that know `light-dark()`: what it would be replaced with for older ones does not follow the scheme that a person chose.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 1_000,
  },
  server: { proxy: { "^/(o|organisations|auth|invitations|openapi.json|docs)(/|$)": "http://127.0.0.1:9001" } },
});

/**
 * `virtual:contract`: of the contract, what the console needs at run time. The contract itself would bring every schema and the library
 * they are written in to the browser.
 */
function contractTables(): Plugin {
  const id = "virtual:contract";
  const addresses = Object.fromEntries(Object.entries(operations).map(([name, { method, path }]) => [name, `${method} ${path}`]));
  const tables = { addresses, roles, ownEvents };
  return {
    name: "contract-tables",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) =>
      source === `\0${id}`
        ? Object.entries(tables)
            .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
            .join("\n")
        : undefined,
  };
}
