import "@mantine/core/styles.css";
import "./theme/global.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { watchParts } from "./frame/afresh.ts";
import { announceNonce } from "./theme/nonce.ts";

announceNonce();
watchParts();
const root = document.querySelector("#root");
if (root) createRoot(root).render(<App />);
