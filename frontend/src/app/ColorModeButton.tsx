// One button that walks through the three choices: as the system, light, dark.
import { Icon, IconButton } from "@chakra-ui/react";
import { type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { announce } from "@/components/ui/LiveRegion";
import { type ColorChoice, useColorChoice } from "@/utils/colorMode";

type Choice = { label: string; icon: LucideIcon; next: ColorChoice };

const choices: Record<ColorChoice, Choice> = {
  system: { label: "as the system", icon: Monitor, next: "light" },
  light: { label: "light", icon: Sun, next: "dark" },
  dark: { label: "dark", icon: Moon, next: "system" },
};

export function ColorModeButton() {
  const [choice, setChoice] = useColorChoice();
  const { label, icon, next } = choices[choice];
  const words = `Colours: ${label}. Switch to ${choices[next].label}`;
  return (
    <IconButton
      variant="ghost"
      size="sm"
      aria-label={words}
      title={words}
      onClick={() => {
        setChoice(next);
        announce(`Colours: ${choices[next].label}`);
      }}
    >
      <Icon as={icon} aria-hidden />
    </IconButton>
  );
}
