import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogController } from './catalog.controller.js';
import { CatalogService } from './catalog.service.js';
import { Currency } from './currency.entity.js';
import { PaymentMethod } from './payment-method.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([Currency, PaymentMethod])],
  controllers: [CatalogController],
  providers: [CatalogService],
  exports: [CatalogService],
})
export class CatalogModule {}
