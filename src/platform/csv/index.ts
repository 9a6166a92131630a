export { csvAnswer, type ReadPage } from './csv-answer.js';
