import { Module } from '@nestjs/common';
import { DatabaseReadings } from './database-readings.service.js';

/** What the database tells of the whole deployment, as metrics of the worker. */
@Module({ providers: [DatabaseReadings] })
export class MonitoringModule {}
