import { type CSSVariablesResolver, createTheme, defaultVariantColorsResolver, type VariantColorsResolver } from "@mantine/core";

/** What the console looks like: one calm blue-green, quiet greys, and text that is always dark enough to read (WCAG 2.2, 1.4.3). */
export const theme = createTheme({
  primaryColor: "harbour",
  primaryShade: 8,
  autoContrast: false,
  colors: {
    harbour: ["#eaf6f8", "#d7ebef", "#add7df", "#80c2ce", "#5bb0c0", "#43a5b7", "#2f93a6", "#1c7f92", "#0f6b7d", "#055564"],
    dark: ["#dbe1e8", "#b6c0cc", "#98a4b3", "#6b7888", "#414c5a", "#303a46", "#232c36", "#1a222b", "#131a22", "#0d1319"],
  },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.6rem" }, h2: { fontSize: "1.15rem" }, h3: { fontSize: "1rem" } } },
  defaultRadius: "md",
  cursorType: "pointer",
  variantColorResolver: (input) => readable(input),
  components: {
    Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none", fw: 550, fz: 12 } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4, blur: 2 }, closeButtonProps: { "aria-label": "Close" } },
    },
    // It would be a second banner of the page (WCAG 2.2, 1.3.1); the dialog has its name from the title.
    ModalHeader: { defaultProps: { role: "none" } },
    ModalTitle: { defaultProps: { fw: 650 } },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.4, blur: 2 } } },
    Paper: { defaultProps: { withBorder: true, p: "md" } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
  },
});

/** Mantine's own quiet texts are too pale for small print. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mooring-ground": "#f6f8fa",
    "--mantine-color-dimmed": "#55616e",
    "--mantine-color-placeholder": "#66717d",
    "--mantine-color-error": "#c01f1f",
    "--mantine-color-anchor": colors.harbour?.[8] ?? "",
  },
  dark: {
    "--mooring-ground": colors.dark?.[8] ?? "",
    "--mantine-color-dimmed": colors.dark?.[1] ?? "",
    "--mantine-color-placeholder": colors.dark?.[2] ?? "",
    "--mantine-color-error": "#ff8f8f",
    "--mantine-color-anchor": colors.harbour?.[3] ?? "",
  },
});

// Words on a tint of their own colour need its darkest shade in light, and a pale one in dark.
const readable: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  const { variant, color = input.theme.primaryColor } = input;
  if (!["light", "subtle", "outline", "transparent"].includes(variant) || !(color in input.theme.colors)) return resolved;
  return {
    ...resolved,
    color: `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9) 72%, black), var(--mantine-color-${color}-2))`,
  };
};
