export { type CsvRow, type CsvTable, parseCsv } from './csv.ts';
export type {
  AdapterName,
  AdapterSettings,
  Grade,
  Identity,
  IdentityKind,
  Reading,
  ReadingProblem,
} from './grade.ts';
export { looksLikeGradescope } from './gradescope/results.ts';
export { createMapper, type Mapper, type MapperLimits } from './mapper/mapper.ts';
export type { MappingResult } from './mapper/run-mapping.ts';
export { looksLikeNbgrader } from './nbgrader.ts';
export { type ParsedDocument, parseDocument, type SenderDocument } from './parse-document.ts';
export { readDocument } from './read-document.ts';
export { readScores } from './scores.ts';
