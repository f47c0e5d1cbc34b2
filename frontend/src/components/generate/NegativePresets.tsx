// Presets of what to avoid: styles without a prompt of their own, added to the negative prompt.
import { Button, Flex, Icon, NativeSelect } from "@chakra-ui/react";
import { BookmarkPlus } from "lucide-react";
import { useSaveStyle, useStyles } from "@/api/prompts";
import { notify, notifyError } from "@/components/ui/toaster";

type Props = { value: string; onChange: (text: string) => void };

const longestName = 60;

export function NegativePresets({ value, onChange }: Props) {
  const { data: styles = [] } = useStyles();
  const save = useSaveStyle();
  const presets = styles.filter((style) => !style.prompt.trim() && style.negative_prompt.trim());
  const text = value.trim();
  const known = presets.some((style) => style.negative_prompt.trim() === text);

  function add(id: string): void {
    const preset = presets.find((style) => String(style.id) === id);
    if (!preset) return;
    onChange([text, preset.negative_prompt.trim()].filter(Boolean).join(", "));
  }

  function keep(): void {
    const words = `Without ${text}`;
    const name = words.length > longestName ? `${words.slice(0, longestName - 1)}…` : words;
    save.mutate(
      { id: null, body: { name, prompt: "", negative_prompt: text } },
      {
        onSuccess: () => notify(`Kept as “${name}”`),
        onError: (error) => notifyError(error, "The preset wasn't kept"),
      },
    );
  }

  if (presets.length === 0 && text === "") return null;
  return (
    <Flex gap="2" wrap="wrap">
      {presets.length > 0 && (
        <NativeSelect.Root size="xs" width="48">
          <NativeSelect.Field
            aria-label="Add a negative preset"
            value=""
            onChange={(event) => add(event.target.value)}
          >
            <option value="">Add a preset …</option>
            {presets.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </NativeSelect.Field>
          <NativeSelect.Indicator />
        </NativeSelect.Root>
      )}
      {text !== "" && !known && (
        <Button size="xs" variant="ghost" loading={save.isPending} onClick={keep}>
          <Icon as={BookmarkPlus} aria-hidden />
          Keep as a preset
        </Button>
      )}
    </Flex>
  );
}
