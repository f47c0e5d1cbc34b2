// The results of a list of prompts in the order of its rows, a page at a time; failures first.
import { Alert, Box, Button, Code, Flex, List, SimpleGrid, Text } from "@chakra-ui/react";
import { useState } from "react";
import { type Batch, useBatchJobs } from "@/api/batches";
import { Failed } from "@/components/ui/Failed";
import { count } from "@/utils/format";
import { Cell } from "./Cell";

const perPage = 60;

export function RowsResult({ batch }: { batch: Batch }) {
  const [page, setPage] = useState(0);
  const { data, error, refetch } = useBatchJobs(batch.id, {
    offset: page * perPage,
    limit: perPage,
  });
  if (error && !data) return <Failed what="The results" error={error} onRetry={refetch} />;
  const pages = Math.ceil((data?.total ?? 0) / perPage);
  return (
    <Box>
      {batch.counts.failed > 0 && <Failures batch={batch} />}
      <SimpleGrid as="ol" listStyleType="none" columns={{ base: 2, sm: 3, md: 4, lg: 6 }} gap="4">
        {data?.items.map((job) => (
          <li key={job.id}>
            <Cell job={job} />
            <Text textStyle="xs" color="fg.muted" mt="1" lineClamp="2" title={job.request?.prompt}>
              {job.request?.prompt}
              {job.images.length > 1 && ` (${count(job.images.length, "picture")})`}
            </Text>
          </li>
        ))}
      </SimpleGrid>
      {pages > 1 && (
        <Flex as="nav" aria-label="Rows" justify="center" align="center" gap="3" mt="6">
          <Button
            size="sm"
            variant="outline"
            disabled={page === 0}
            onClick={() => setPage(page - 1)}
          >
            Back
          </Button>
          <Text textStyle="sm" fontVariantNumeric="tabular-nums">
            {page + 1} of {pages}
          </Text>
          <Button
            size="sm"
            variant="outline"
            disabled={page + 1 >= pages}
            onClick={() => setPage(page + 1)}
          >
            Next
          </Button>
        </Flex>
      )}
    </Box>
  );
}

function Failures({ batch }: { batch: Batch }) {
  const { data } = useBatchJobs(batch.id, { failed: true, limit: 50 });
  if (!data || data.total === 0) return null;
  return (
    <Alert.Root status="warning" mb="5" alignItems="start">
      <Alert.Indicator />
      <Box minWidth="0">
        <Alert.Title>{count(data.total, "prompt")} failed</Alert.Title>
        <List.Root
          mt="2"
          gap="1"
          listStyle="none"
          maxHeight="48"
          overflowY="auto"
          tabIndex={0}
          aria-label="What failed"
        >
          {data.items.map((job) => (
            <List.Item key={job.id}>
              <Code size="sm">{job.request?.prompt.slice(0, 60)}</Code> {job.error}
            </List.Item>
          ))}
        </List.Root>
      </Box>
    </Alert.Root>
  );
}
