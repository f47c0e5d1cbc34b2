// Which styles are put on the prompt. Their templates are edited in the prompt library.
import { Box, Button, Checkbox, Icon, Link, Popover, Portal, Stack, Text } from "@chakra-ui/react";
import { Palette } from "lucide-react";
import { Link as RouterLink } from "react-router";
import { useStyles } from "@/api/prompts";

type Props = { chosen: string; onChange: (names: string) => void };

export const namesOf = (styles: string) => styles.split("\n").filter(Boolean);

export function StylePicker({ chosen, onChange }: Props) {
  const { data: styles } = useStyles();
  const names = namesOf(chosen);
  const missing = styles ? names.filter((name) => !styles.some((one) => one.name === name)) : [];
  const options = [
    ...(styles ?? [])
      .filter((style) => style.prompt.trim())
      .map(({ name, prompt }) => ({ name, prompt })),
    ...names
      .filter((name) => styles?.some((one) => one.name === name && !one.prompt.trim()))
      .map((name) => ({ name, prompt: "Only what to avoid" })),
    ...missing.map((name) => ({ name, prompt: "It isn't there any more" })),
  ];

  function toggle(name: string, on: boolean): void {
    onChange((on ? [...names, name] : names.filter((one) => one !== name)).join("\n"));
  }

  return (
    <Popover.Root lazyMount unmountOnExit positioning={{ placement: "bottom-start" }}>
      <Popover.Trigger asChild>
        <Button
          size="xs"
          variant={names.length > 0 ? "subtle" : "ghost"}
          color={names.length > 0 ? "accent.fg" : undefined}
          px="2"
          maxWidth="40"
          aria-label={names.length > 0 ? `Styles: ${names.join(", ")}` : "Styles"}
          title="Styles to put on the prompt"
        >
          <Icon as={Palette} aria-hidden />
          {names.length > 0 && (
            <Text as="span" truncate>
              {names.length === 1 ? names[0] : `${names.length} styles`}
            </Text>
          )}
        </Button>
      </Popover.Trigger>
      <Portal>
        <Popover.Positioner>
          <Popover.Content width="min(22rem, 92vw)" aria-label="Styles">
            <Popover.Body p="3">
              <Stack gap="1" maxHeight="min(20rem, 50dvh)" overflowY="auto">
                {options.map(({ name, prompt }) => (
                  <Checkbox.Root
                    key={name}
                    size="sm"
                    colorPalette="accent"
                    alignItems="start"
                    py="1"
                    checked={names.includes(name)}
                    onCheckedChange={(event) => toggle(name, event.checked === true)}
                  >
                    <Checkbox.HiddenInput />
                    <Checkbox.Control mt="0.5" />
                    <Checkbox.Label minWidth="0">
                      {name}
                      <Text as="span" display="block" textStyle="xs" color="fg.muted" lineClamp="1">
                        {prompt}
                      </Text>
                    </Checkbox.Label>
                  </Checkbox.Root>
                ))}
                {options.length === 0 && (
                  <Text textStyle="sm" color="fg.muted">
                    A style is a template such as “watercolor of {"{prompt}"}, soft light”. There
                    are none yet.
                  </Text>
                )}
              </Stack>
              <Box mt="3">
                <Link asChild textStyle="sm">
                  <RouterLink to="/library">Edit styles and wildcards</RouterLink>
                </Link>
              </Box>
            </Popover.Body>
          </Popover.Content>
        </Popover.Positioner>
      </Portal>
    </Popover.Root>
  );
}
