import { Body, Controller, Param, Post } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchDto } from './batch.dto.js';
import { TrafficRecord } from './traffic-record.entity.js';

@Controller('reporters/:reporter/batches')
export class BatchesController {
  constructor(private readonly source: DataSource) {}

  @Post()
  async submit(@Param('reporter') reporter: string, @Body() batch: BatchDto): Promise<{ received: number }> {
    await this.source
      .getRepository(TrafficRecord)
      .createQueryBuilder()
      .insert()
      .values(batch.records.map((record) => ({ ...record, reporter })))
      .orIgnore()
      .execute();
    return { received: batch.records.length };
  }
}
