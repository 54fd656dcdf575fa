export { TrialsDatabaseError } from './failure';
export { highestId, rowsAfter, type TrialsTable } from './rows';
export { columnsOf, tablesOf, type Column } from './tables';
export { FIELDS, trialOf, type Field, type ReadTrial, type Trial, type TrialRow } from './trial';
