/**
 * The service that a team would write in an afternoon: Nest, DTOs checked by class-validator, an entity
 * inserted by TypeORM, duplicates ignored. It keeps no sums, knows no agreement, asks for no key and tells
 * nobody which records were new; it is what the real one is compared with, so none of that is held
 * against it.
 */
import 'reflect-metadata';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { BatchesController } from './batches.controller.js';
import { TrafficRecord } from './traffic-record.entity.js';

const BODY_MAX_BYTES = 8 * 1024 * 1024;

@Module({
  controllers: [BatchesController],
  providers: [
    {
      provide: DataSource,
      useFactory: () =>
        new DataSource({
          type: 'postgres',
          url: process.env['DATABASE_URL']!,
          entities: [TrafficRecord],
          synchronize: true,
          poolSize: 10,
        }).initialize(),
    },
  ],
})
class AppModule {}

// Whoever started it is gone.
process.stdin.resume().once('close', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));

const app = await NestFactory.create<NestFastifyApplication>(
  AppModule,
  new FastifyAdapter({ bodyLimit: BODY_MAX_BYTES }),
  { logger: ['error'] },
);
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }));
await app.listen(0, '127.0.0.1');
console.log(`hand-written listens on ${(await app.getUrl()).replace('[::1]', '127.0.0.1')}`);
