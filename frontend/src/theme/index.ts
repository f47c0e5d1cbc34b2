// Quiet neutral surfaces and one accent colour, light and dark equally cared for. Every text colour
// has at least 4.5:1 on every surface named here.
import { createSystem, defaultBaseConfig, defineConfig } from "@chakra-ui/react";
import {
  animationStyles,
  breakpoints,
  cssVarsPrefix,
  cssVarsRoot,
  globalCss,
  keyframes,
  layerStyles,
  semanticTokens,
  textStyles,
  tokens,
} from "@chakra-ui/react/theme";
import { recipes, slotRecipes } from "./recipes";

const chakra = defineConfig({
  preflight: true,
  cssVarsPrefix,
  cssVarsRoot,
  globalCss,
  theme: {
    breakpoints,
    keyframes,
    tokens,
    semanticTokens,
    textStyles,
    layerStyles,
    animationStyles,
    recipes,
    slotRecipes,
  },
});

const pair = (light: string, dark: string) => ({ value: { _light: light, _dark: dark } });

const own = defineConfig({
  globalCss: {
    html: { colorPalette: "gray", scrollbarGutter: "stable" },
    ":root": { "--bottom-nav": "calc(3.5rem + env(safe-area-inset-bottom, 0px))" },
    body: { bg: "bg", color: "fg", minHeight: "100dvh" },
    "::selection": { bg: "accent.emphasized" },
    "*, *::before, *::after": {
      _motionReduce: {
        animationDuration: "0.01ms !important",
        animationIterationCount: "1 !important",
        transitionDuration: "0.01ms !important",
        scrollBehavior: "auto !important",
      },
    },
  },
  theme: {
    tokens: {
      fonts: {
        heading: { value: "ui-sans-serif, system-ui, sans-serif" },
        body: { value: "ui-sans-serif, system-ui, sans-serif" },
      },
    },
    semanticTokens: {
      colors: {
        bg: {
          DEFAULT: pair("#fafaf9", "#141413"),
          subtle: pair("#f5f5f4", "#1a1a18"),
          muted: pair("#efeeec", "#242422"),
          emphasized: pair("#e3e1de", "#32312f"),
          panel: pair("#ffffff", "#1c1c1a"),
        },
        fg: {
          DEFAULT: pair("#1c1b1a", "#f2f1ef"),
          muted: pair("#55514c", "#b8b4ad"),
          subtle: pair("#67635d", "#a19c94"),
          error: pair("#b42318", "#fca5a5"),
          warning: pair("#8a4b08", "#fcd34d"),
          success: pair("#166534", "#86efac"),
        },
        border: {
          DEFAULT: pair("#dedbd7", "#373633"),
          muted: pair("#e9e7e4", "#2a2927"),
          subtle: pair("#efeeec", "#242422"),
          emphasized: pair("#a8a39c", "#5d5a55"),
        },
        gray: {
          solid: pair("#1c1b1a", "#f2f1ef"),
          contrast: pair("#ffffff", "#141413"),
          fg: pair("#33312e", "#e3e1de"),
          subtle: pair("#efeeec", "#2a2927"),
          muted: pair("#e3e1de", "#32312f"),
          emphasized: pair("#d3d0cb", "#42403d"),
          focusRing: pair("#0f766e", "#2dd4bf"),
          border: pair("#d3d0cb", "#3d3b38"),
        },
        accent: {
          solid: pair("#0d6b64", "#2dd4bf"),
          contrast: pair("#ffffff", "#042f2e"),
          fg: pair("#0f6b64", "#5eead4"),
          subtle: pair("#e6f5f2", "#0d2b29"),
          muted: pair("#cdeae5", "#123b38"),
          emphasized: pair("#a7dcd4", "#17504b"),
          focusRing: pair("#0f766e", "#2dd4bf"),
          border: pair("#7cc4ba", "#1d6b64"),
        },
      },
      radii: {
        l1: { value: "6px" },
        l2: { value: "8px" },
        l3: { value: "12px" },
      },
    },
  },
});

export const system = createSystem(defaultBaseConfig, chakra, own);
