import "@mantine/core/styles.css";
import "./theme/global.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { announceNonce } from "./theme/nonce.ts";

announceNonce();
const root = document.querySelector("#root");
if (root) createRoot(root).render(<App />);
