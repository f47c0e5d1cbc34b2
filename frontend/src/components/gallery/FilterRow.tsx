// All filters side by side as chips; on a phone the row scrolls sideways.
import { Button, Flex, HStack, Icon, Tag } from "@chakra-ui/react";
import { ArrowDownWideNarrow, Boxes, Star, Trash2 } from "lucide-react";
import type { Model } from "@/api/types";
import {
  type GalleryFilters,
  isFiltered,
  NO_FILTERS,
  type NumberFilter,
  type Rating,
  type Sort,
} from "@/utils/galleryFilters";
import { DateFilter } from "./DateFilter";
import { FilterChip } from "./FilterChip";
import type { ChangeFilters } from "./useGalleryFilters";

const ratings = [
  { value: "", label: "Any rating" },
  { value: "liked", label: "Liked" },
  { value: "unrated", label: "Not rated" },
  { value: "disliked", label: "Disliked" },
];

const sorts = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "best", label: "Best rated first" },
];

const numberNames: Record<NumberFilter, string> = {
  seed: "Seed",
  parent_id: "Variations of picture",
  min_width: "Width from",
  max_width: "Width up to",
  min_height: "Height from",
  max_height: "Height up to",
};

type Props = { filters: GalleryFilters; onChange: ChangeFilters; models: readonly Model[] };

export function FilterRow({ filters, onChange, models }: Props) {
  const { numbers } = filters;
  const modelChoices = [
    { value: "", label: "Any model" },
    ...models.map(({ name, title }) => ({ value: name, label: title })),
  ];
  const without = (name: NumberFilter) => {
    const { [name]: _off, ...rest } = numbers;
    onChange({ numbers: rest });
  };
  return (
    <HStack
      role="group"
      aria-label="Filters"
      gap="2"
      overflowX={{ base: "auto", md: "visible" }}
      flexWrap={{ base: "nowrap", md: "wrap" }}
      mx={{ base: "-4", md: "0" }}
      px={{ base: "4", md: "0" }}
      // Room for the focus ring, which an overflowing row would cut.
      py="1"
      scrollbarWidth="none"
    >
      <FilterChip
        name="Rating"
        icon={Star}
        choices={ratings}
        value={filters.rating ?? ""}
        none=""
        onChange={(value) => onChange({ rating: (value || undefined) as Rating | undefined })}
      />
      <FilterChip
        name="Model"
        icon={Boxes}
        choices={modelChoices}
        value={filters.model ?? ""}
        none=""
        onChange={(value) => onChange({ model: value || undefined })}
      />
      <DateFilter filters={filters} onChange={onChange} />
      <FilterChip
        name="Order"
        quiet="Newest first"
        icon={ArrowDownWideNarrow}
        choices={sorts}
        value={filters.sort}
        none="newest"
        onChange={(value) => onChange({ sort: value as Sort })}
      />
      <Button
        size="sm"
        rounded="full"
        flexShrink="0"
        variant={filters.trash ? "subtle" : "outline"}
        colorPalette={filters.trash ? "accent" : "gray"}
        aria-pressed={filters.trash}
        onClick={() => onChange({ trash: !filters.trash })}
      >
        <Icon as={Trash2} boxSize="4" aria-hidden />
        Trash
      </Button>
      {(Object.keys(numbers) as NumberFilter[]).map((name) => (
        <Chip
          key={name}
          text={`${numberNames[name]} ${numbers[name]}`}
          onOff={() => without(name)}
        />
      ))}
      {filters.job && <Chip text="One job" onOff={() => onChange({ job: undefined })} />}
      {isFiltered(filters) && (
        <Flex flexShrink="0">
          <Button
            size="sm"
            variant="ghost"
            onClick={() => onChange({ ...NO_FILTERS, sort: filters.sort, trash: filters.trash })}
          >
            Clear all
          </Button>
        </Flex>
      )}
    </HStack>
  );
}

function Chip({ text, onOff }: { text: string; onOff: () => void }) {
  return (
    <Tag.Root
      size="lg"
      rounded="full"
      height="9"
      px="3"
      flexShrink="0"
      colorPalette="accent"
      variant="subtle"
    >
      <Tag.Label>{text}</Tag.Label>
      <Tag.EndElement>
        <Tag.CloseTrigger aria-label={`Remove the filter ${text.toLowerCase()}`} onClick={onOff} />
      </Tag.EndElement>
    </Tag.Root>
  );
}
