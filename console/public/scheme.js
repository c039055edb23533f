// Before anything is painted, so that whoever chose dark is not blinded first.
let chosen = null;
try {
  chosen = localStorage.getItem("mantine-color-scheme-value");
} catch {
  // A browser that keeps nothing has nothing chosen.
}
const isDark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.dataset.mantineColorScheme = isDark ? "dark" : "light";
