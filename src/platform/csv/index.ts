export { csvAnswer, CSV_MEDIA_TYPE, sendCsv, type ReadPage } from './csv-answer.js';
