import { all, type Structure } from './adyen.kinds.js';

/** What a request may tell about a payment without changing what becomes of it (Checkout v72). */

export const amount: Structure = {
  name: 'Amount',
  fields: { currency: 'text', value: 'integer' },
};

const since = ['thisTransaction', 'lessThan30Days', 'from30To60Days', 'moreThan60Days'];

export const accountInfo: Structure = {
  name: 'AccountInfo',
  fields: {
    ...all(
      'text',
      'accountChangeDate accountCreationDate deliveryAddressUsageDate homePhone mobilePhone ' +
        'passwordChangeDate paymentAccountAge workPhone',
    ),
    ...all(
      'integer',
      'addCardAttemptsDay pastTransactionsDay pastTransactionsYear purchasesLast6Months',
    ),
    ...all(since, 'accountChangeIndicator deliveryAddressUsageIndicator'),
    ...all(
      ['notApplicable', ...since],
      'accountAgeIndicator passwordChangeIndicator paymentAccountIndicator',
    ),
    accountType: ['notApplicable', 'credit', 'debit'],
    suspiciousActivity: 'flag',
  },
};

const commonField: Structure = { name: 'CommonField', fields: all('text', 'name version') };

export const applicationInfo: Structure = {
  name: 'ApplicationInfo',
  fields: {
    ...all(commonField, 'adyenLibrary adyenPaymentSource merchantApplication'),
    externalPlatform: { name: 'ExternalPlatform', fields: all('text', 'integrator name version') },
    merchantDevice: { name: 'MerchantDevice', fields: all('text', 'os osVersion reference') },
    shopperInteractionDevice: {
      name: 'ShopperInteractionDevice',
      fields: all('text', 'locale os osVersion'),
    },
  },
};

export const authenticationData: Structure = {
  name: 'AuthenticationData',
  fields: {
    attemptAuthentication: ['always', 'never'],
    authenticationOnly: 'flag',
    threeDSRequestData: {
      name: 'ThreeDSRequestData',
      fields: {
        challengeWindowSize: ['01', '02', '03', '04', '05'],
        dataOnly: ['false', 'true'],
        nativeThreeDS: ['preferred', 'disabled'],
        threeDSVersion: ['2.1.0', '2.2.0'],
      },
    },
  },
};

const address = 'city country houseNumberOrName postalCode stateOrProvince street';

export const billingAddress: Structure = { name: 'BillingAddress', fields: all('text', address) };

export const deliveryAddress: Structure = {
  name: 'DeliveryAddress',
  fields: all('text', `${address} firstName lastName`),
};

export const browserInfo: Structure = {
  name: 'BrowserInfo',
  fields: {
    ...all('text', 'acceptHeader language userAgent'),
    ...all('integer', 'colorDepth screenHeight screenWidth timeZoneOffset'),
    ...all('flag', 'javaEnabled javaScriptEnabled'),
  },
};

export const company: Structure = {
  name: 'Company',
  fields: all('text', 'homepage name registrationNumber registryLocation taxId type'),
};

export const lineItems: { readonly listOf: Structure } = {
  listOf: {
    name: 'LineItem',
    fields: {
      ...all(
        'text',
        'brand color description id imageUrl itemCategory manufacturer marketplaceSellerId productUrl ' +
          'receiverEmail returnShippingCompany returnTrackingNumber returnTrackingUri shippingCompany ' +
          'shippingMethod size sku trackingNumber trackingUri upc',
      ),
      ...all('integer', 'amountExcludingTax amountIncludingTax quantity taxAmount taxPercentage'),
    },
  },
};

export const merchantRiskIndicator: Structure = {
  name: 'MerchantRiskIndicator',
  fields: {
    ...all(
      'text',
      'deliveryEmail deliveryEmailAddress giftCardCurr preOrderDate preOrderPurchaseInd reorderItemsInd shipIndicator',
    ),
    ...all('flag', 'addressMatch preOrderPurchase reorderItems'),
    deliveryAddressIndicator: [
      'shipToBillingAddress',
      'shipToVerifiedAddress',
      'shipToNewAddress',
      'shipToStore',
      'digitalGoods',
      'goodsNotShipped',
      'other',
    ],
    deliveryTimeframe: [
      'electronicDelivery',
      'sameDayShipping',
      'overnightShipping',
      'twoOrMoreDaysShipping',
    ],
    giftCardAmount: amount,
    giftCardCount: 'integer',
  },
};

export const riskData: Structure = {
  name: 'RiskData',
  fields: {
    ...all('text', 'clientData profileReference'),
    customFields: 'map',
    fraudOffset: 'integer',
  },
};

export const shopperName: Structure = {
  name: 'ShopperName',
  fields: all('text', 'firstName lastName'),
};
