// Generated from docs/openapi.json by `npm run openapi`. Do not edit.

export interface paths {
    "/api/v1/cards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Several products by their ids
         * @description In the order asked for. Products that are not there are left out.
         */
        post: operations["cards"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/catalogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogues that are searched here */
        get: operations["catalogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/image-search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search by a picture
         * @description The body is the picture's file itself (`image/*`), a form with the part `image`, or JSON with Base64.
         */
        post: operations["image_search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/multi-search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Search by words and a picture together */
        post: operations["multi_search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything about a product */
        get: operations["product"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/{id}/cheaper": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Products of the same kind that cost less */
        get: operations["cheaper"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/{id}/goes-with": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Products of other kinds that go with one */
        get: operations["goes_with"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/{id}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A product's picture */
        get: operations["picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/{id}/shop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A product's page in the shop */
        get: operations["in_shop"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find the things in a picture
         * @description The body is the picture's file. Nothing of it is kept.
         */
        post: operations["regions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search by words, a picture, products, or all of them
         * @description The body is JSON with the picture as Base64, or a form whose part `image` is the picture's file and whose part
         *     `request` is the JSON. Without anything to look for, it browses the products that pass the filters.
         */
        post: operations["search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/similar/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Products that look like one */
        get: operations["similar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Complete what was typed */
        get: operations["suggest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/text-search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Search by words */
        post: operations["text_search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description Whether a product can be bought now.
         * @enum {string}
         */
        Availability: "in_stock" | "out_of_stock" | "preorder" | "backorder" | "unknown";
        /** @description What a grid shows of a product. */
        Card: {
            /** @description Whether it can be bought now. */
            availability: components["schemas"]["Availability"];
            /** @description The maker, empty if unknown. */
            brand: string;
            /** @description The kind of product, empty if unknown. */
            category: string;
            /** @description Colours, as the shop names them. */
            colors: string[];
            /** @description Whether the shopper keeps it. */
            favourite: boolean;
            /** @description Stable and unique in its catalogue. */
            id: string;
            price?: components["schemas"]["Money"] | null;
            salePrice?: components["schemas"]["Money"] | null;
            /** @description What a shopper reads first. */
            title: string;
        };
        /** @description One thing that typed words say, which can be taken back. */
        Chip: {
            /** @description What it was understood as. */
            condition: components["schemas"]["Condition"];
            /** @description What was typed without them: taking it back is typing this. */
            rest: string;
            /** @description The words that say it. */
            said: string;
        };
        /** @description Values of one field. */
        Choice: {
            /** @description `category`, `brand`, `shade`, `color`, `pattern`, `size`, `availability`, or a column of the feed. */
            field: string;
            /** @description The values. */
            values: string[];
        };
        /** @description What words were understood as. */
        Condition: {
            /** @description As in [`Choice::field`]. */
            field: string;
            /** @enum {string} */
            kind: "has";
            /** @description As it is compared: in lower case. */
            value: string;
        } | {
            /** @description As in [`Choice::field`]. */
            field: string;
            /** @enum {string} */
            kind: "lacks";
            /** @description As it is compared: in lower case. */
            value: string;
        } | {
            /** @enum {string} */
            kind: "costs";
            /** @description From and to. */
            price: components["schemas"]["PriceRange"];
        } | {
            /** @enum {string} */
            kind: "unlike";
            /** @description In words. */
            words: string;
        };
        /** @description A field and its values. */
        Facet: {
            /** @description As in [`Choice::field`]. */
            field: string;
            /** @description Most frequent first. */
            values: components["schemas"]["FacetValue"][];
        };
        /** @description A value of a field. */
        FacetValue: {
            /**
             * Format: int32
             * @description How many products would be left if only this value of the field were chosen.
             */
            count: number;
            /** @description As the shop writes it. */
            value: string;
        };
        /** @description One line of a product's facts: a column of the shop's feed. */
        Fact: {
            /** @description The column's name. */
            name: string;
            /** @description What it says. */
            value: string;
        };
        /** @description One product of the answer. */
        Hit: {
            /** @description The product. */
            card: components["schemas"]["Card"];
            /** @description The same product, or one like it. */
            kind: components["schemas"]["MatchKind"];
            /** @description Ids of the same article in other colours. */
            others: string[];
            /** @description What the similarity is made of. */
            parts: components["schemas"]["ScoreParts"];
            /**
             * Format: int32
             * @description How well it fits, in percent of what this catalogue's best matches reach; `None` when browsing.
             */
            percent?: number | null;
            /** @description Why it is where it is. */
            reasons: components["schemas"]["Reasons"];
            /**
             * Format: float
             * @description What it is ranked by: the sum of `reasons`.
             */
            score: number;
            /**
             * Format: float
             * @description Cosine similarity of query and product, −1 to 1.
             */
            similarity: number;
        };
        /** @description Ids of products. */
        Ids: {
            /** @description The catalogue; needed only where several are served. */
            catalog?: string | null;
            /** @description The ids. */
            ids: string[];
        };
        /**
         * @description How near a hit is.
         * @enum {string}
         */
        MatchKind: "exact" | "similar" | "other";
        /** @description An exact amount of money. */
        Money: {
            /** @description A decimal number, as text: a float would round it. */
            amount: string;
            /** @description Three letters of ISO 4217. */
            currency: string;
        };
        /** @description The lowest and the highest price. */
        PriceBounds: {
            /** @description Three letters, or empty where the shop uses several currencies. */
            currency: string;
            /** @description A decimal number, as text. */
            max: string;
            /** @description A decimal number, as text. */
            min: string;
        };
        /** @description Prices from and to, each a decimal number as text, both inclusive. */
        PriceRange: {
            /** @description At most. */
            max?: string | null;
            /** @description At least. */
            min?: string | null;
        };
        /** @description An error of the backend, as RFC 9457 (`application/problem+json`) writes it. */
        Problem: {
            /** @description A stable name to branch on. */
            code: string;
            /** @description What is wrong this time. */
            detail?: string | null;
            /** @description The request's id, to be found again in the logs. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description A few words, the same for all problems of a kind. */
            title: string;
            /** @description `about:blank`, or an address that explains this kind of problem. */
            type?: string;
        };
        /** @description All there is to say about a product. */
        ProductPage: {
            /** @description As in the grid. */
            card: components["schemas"]["Card"];
            /** @description Products of its kind that cost less, the most alike first. */
            cheaper: components["schemas"]["Card"][];
            /** @description Free text, may be empty. */
            description: string;
            /** @description Every other column of the feed. */
            facts: components["schemas"]["Fact"][];
            /** @description Products of other kinds that are near it in style, one of each kind. */
            goesWith: components["schemas"]["Card"][];
            /** @description Whether there is a page of it in the shop to open. */
            hasLink: boolean;
            /** @description The same article in other colours. */
            otherColors: components["schemas"]["Card"][];
            /** @description Its pattern, in English, if it was seen and the feed does not say. */
            pattern?: string | null;
            /** @description Colours that were seen on its picture, the largest first. */
            shades: components["schemas"]["Shade"][];
            /** @description Products that look like it. */
            similar: components["schemas"]["Card"][];
            /** @description Sizes, as the shop names them. */
            sizes: string[];
            /** @description What there is a choice of: sizes, lengths. */
            variants: components["schemas"]["Variant"][];
        };
        /** @description Something in the picture that can be searched for by itself. */
        Proposal: {
            /** @description Where it is. */
            region: components["schemas"]["Region"];
            /**
             * Format: float
             * @description How much it stands out, 0 to 1; the best comes first.
             */
            strength: number;
        };
        /** @description What each part adds to a score. A part that was not looked at is `None`. */
        Reasons: {
            /**
             * Format: float
             * @description The same brand.
             */
            brand?: number | null;
            /**
             * Format: float
             * @description A category that fits.
             */
            category?: number | null;
            /**
             * Format: float
             * @description Colours alike.
             */
            color?: number | null;
            /**
             * Format: float
             * @description New in the shop.
             */
            freshness?: number | null;
            /**
             * Format: float
             * @description The same thing, as far as its picture tells, from whatever side.
             */
            identity?: number | null;
            /**
             * Format: float
             * @description The very same picture, or a part of it.
             */
            likeness?: number | null;
            /**
             * Format: float
             * @description The same pattern.
             */
            pattern?: number | null;
            /**
             * Format: float
             * @description The shopper's own taste; less than zero if they did not want the like of it.
             */
            personal?: number | null;
            /**
             * Format: float
             * @description What others chose.
             */
            popularity?: number | null;
            /**
             * Format: float
             * @description A price near.
             */
            price?: number | null;
            /**
             * Format: float
             * @description Looks like what is asked for, or is what the words mean.
             */
            visual?: number | null;
            /**
             * Format: float
             * @description The asked words are in its texts.
             */
            words?: number | null;
        };
        /** @description A rectangle of a picture, in shares of its width and height: 0 to 1 from the top left. */
        Region: {
            /**
             * Format: float
             * @description Height.
             */
            height: number;
            /**
             * Format: float
             * @description Width.
             */
            width: number;
            /**
             * Format: float
             * @description Left edge.
             */
            x: number;
            /**
             * Format: float
             * @description Top edge.
             */
            y: number;
        };
        /** @description A picture and what is in it. */
        Regions: {
            /**
             * Format: int32
             * @description Pixels, upright.
             */
            height: number;
            /** @description Things in it that can be searched for by themselves, best first; none if it shows one thing. */
            proposals: components["schemas"]["Proposal"][];
            /**
             * Format: int32
             * @description Pixels, upright. A large picture is read smaller.
             */
            width: number;
        };
        /** @description What each part of the query adds to a similarity; they sum to it. */
        ScoreParts: {
            /**
             * Format: float
             * @description Of the picture.
             */
            image?: number | null;
            /**
             * Format: float
             * @description Of the products beside what is asked.
             */
            mix?: number | null;
            /**
             * Format: float
             * @description Of the product that the hits should be like.
             */
            product?: number | null;
            /**
             * Format: float
             * @description Of the words.
             */
            text?: number | null;
            /**
             * Format: float
             * @description Of what was excluded; zero or less where the product is like it.
             */
            without?: number | null;
        };
        /** @description A search: words, a picture, a product, or several of them. With none of them it browses. */
        SearchBody: {
            /**
             * Format: float
             * @description With words and a picture: 1 asks by the picture alone, 0 by the words alone; 0.5 if absent.
             * @default null
             */
            alpha?: number | null;
            /**
             * @description The catalogue to search; needed only where several are served.
             * @default null
             */
            catalog?: string | null;
            /**
             * @description The next page: `next` of the answer before. All else must be as it was.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Values that hits must have: any of the values of a field, in all fields.
             * @default []
             */
            filters?: components["schemas"]["Choice"][];
            /**
             * @description A picture file (JPEG, PNG, WebP, GIF, BMP, TIFF) as Base64.
             * @default null
             */
            image?: string | null;
            /**
             * @description The id of a product to find more like.
             * @default null
             */
            like?: string | null;
            /**
             * Format: int32
             * @description Hits of a page.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Products that hits should be like, too, or unlike (weight below 0).
             * @default []
             */
            mix?: components["schemas"]["Weighed"][];
            /** @default null */
            price?: components["schemas"]["PriceRange"] | null;
            /**
             * @description The order of hits.
             * @default match
             */
            sort?: components["schemas"]["Sort"];
            /**
             * @description Words as a shopper types them. Conditions in them ("under 50", "not striped") filter.
             * @default
             */
            text?: string;
            /**
             * @description The last word may be unfinished.
             * @default false
             */
            typing?: boolean;
            /**
             * @description More words for what hits should not be.
             * @default []
             */
            without?: string[];
        };
        /** @description A search as a form. */
        SearchForm: {
            /** @description The picture's file. */
            image?: number[] | null;
            request?: components["schemas"]["SearchBody"] | null;
        };
        /** @description A page of hits. */
        SearchPage: {
            /** @description The catalogue that was searched. */
            catalog: string;
            /** @description What can be filtered by, with counts under the present filters. */
            facets: components["schemas"]["Facet"][];
            /** @description In the order asked for. */
            hits: components["schemas"]["Hit"][];
            /**
             * Format: int32
             * @description Products that pass the filters.
             */
            matched: number;
            /** @description The cursor of the next page; absent on the last one. */
            next?: string | null;
            /**
             * Format: int32
             * @description Hits before this page.
             */
            offset: number;
            priceBounds?: components["schemas"]["PriceBounds"] | null;
            /** @description Unique to this answer; feedback on its hits names it. */
            queryId: string;
            /**
             * Format: int32
             * @description Its release; 0 if it was built where it is searched.
             */
            release: number;
            /** @description How long each stage took when the answer was made, in milliseconds. */
            timings: components["schemas"]["Timings"];
            /** @description How the words were read. */
            understood: components["schemas"]["Understood"];
            /** @description What to make of the hits. */
            verdict: components["schemas"]["Verdict"];
        };
        /** @description A catalogue that is searched here. */
        Searched: {
            /** @description What `catalog` names it by. */
            id: string;
            /** @description The model that embeds queries. */
            model: string;
            /**
             * Format: int32
             * @description Products in it.
             */
            products: number;
            /**
             * Format: int32
             * @description Its release; 0 if it was built where it is searched.
             */
            release: number;
        };
        /** @description A colour of a product. */
        Shade: {
            /** @description Its tone as it was measured: `#rrggbb`. */
            hex: string;
            /** @description A name of the palette, in English. */
            name: string;
        };
        /**
         * @description In what order hits come.
         * @enum {string}
         */
        Sort: "match" | "price_up" | "price_down";
        /** @description Completions of what was typed. */
        Suggested: {
            /** @description Brands with a word that begins like it. */
            brands: components["schemas"]["FacetValue"][];
            /** @description Categories with a word that begins like it. */
            categories: components["schemas"]["FacetValue"][];
            /** @description Products that match it, best first. */
            products: components["schemas"]["Card"][];
        };
        /** @description How long each stage took, in milliseconds. */
        Timings: {
            /**
             * Format: double
             * @description From the picture's bytes to pixels.
             */
            decode: number;
            /**
             * Format: double
             * @description From pixels and words to embeddings.
             */
            embed: number;
            /**
             * Format: double
             * @description From candidates to hits.
             */
            rank: number;
            /**
             * Format: double
             * @description Filter and index.
             */
            search: number;
            /**
             * Format: double
             * @description All of it.
             */
            total: number;
        };
        /** @description How words were read. */
        Understood: {
            /** @description What was read out of the words that were typed, in their order. */
            chips: components["schemas"]["Chip"][];
            /** @description What they should not be. */
            without: string[];
            /** @description What hits should be. */
            words: string;
        };
        /** @description What can be bought of a product, where there is a choice. */
        Variant: {
            /** @description Whether it can be bought now. */
            availability: components["schemas"]["Availability"];
            /** @description As the shop names it, empty if there is one. */
            color: string;
            /** @description Unique among those of its product. */
            id: string;
            price?: components["schemas"]["Money"] | null;
            salePrice?: components["schemas"]["Money"] | null;
            /** @description As the shop names it, empty if there is one. */
            size: string;
        };
        /**
         * @description What to make of an answer.
         * @enum {string}
         */
        Verdict: "found" | "no_good_match" | "browsing" | "nothing_passes";
        /** @description A product beside what is asked, and how much it counts. */
        Weighed: {
            /** @description The product's id. */
            product: string;
            /**
             * Format: float
             * @description Beside all else, which counts 1; less than 0 if hits should be unlike it.
             */
            weight: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    cards: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Ids"];
            };
        };
        responses: {
            /** @description The products */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Card"][];
                };
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `catalog_unknown` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    catalogs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them, by id */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Searched"][];
                };
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    image_search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchBody"];
                "image/*": number[];
                "multipart/form-data": components["schemas"]["SearchForm"];
            };
        };
        responses: {
            /** @description A page of hits */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `catalog_unknown`, `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cursor_expired`: search again without a cursor */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`, `picture_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `bad_picture`, `unsafe_picture` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    multi_search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchBody"];
                "multipart/form-data": components["schemas"]["SearchForm"];
            };
        };
        responses: {
            /** @description A page of hits */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `catalog_unknown`, `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cursor_expired`: search again without a cursor */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`, `picture_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `bad_picture`, `unsafe_picture` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    product: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
            };
            header?: never;
            path: {
                /** @description The product's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductPage"];
                };
            };
            /** @description It is as If-None-Match says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, `catalog_unknown` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cheaper: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
            };
            header?: never;
            path: {
                /** @description The product's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Products, the most alike first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Card"][];
                };
            };
            /** @description They are as If-None-Match says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, `catalog_unknown` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    goes_with: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
            };
            header?: never;
            path: {
                /** @description The product's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Products, one of each kind */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Card"][];
                };
            };
            /** @description They are as If-None-Match says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`, `catalog_unknown` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    picture: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
                /** @description `small` (256 pixels) or `full` (the shop's file, where it is here); `small` if absent. */
                size?: string;
            };
            header?: never;
            path: {
                /** @description The product's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A picture file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": number[];
                };
            };
            /** @description It is as If-None-Match says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such product, or it has no picture */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    in_shop: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
            };
            header?: never;
            path: {
                /** @description The product's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `Location` is the page in the shop */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such product, or the shop gives no page for it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    regions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/*": number[];
            };
        };
        responses: {
            /** @description The things in it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Regions"];
                };
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`, `picture_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `bad_picture` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchBody"];
                "multipart/form-data": components["schemas"]["SearchForm"];
            };
        };
        responses: {
            /** @description A page of hits */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `catalog_unknown`, `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cursor_expired`: search again without a cursor */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`, `picture_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `bad_picture`, `unsafe_picture` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    similar: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
                /** @description Hits of a page. */
                limit?: number;
                /** @description The next page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The product's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of hits */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `catalog_unknown`, `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cursor_expired`: search again without a cursor */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`, `picture_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `bad_picture`, `unsafe_picture` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suggest: {
        parameters: {
            query?: {
                /** @description The letters. */
                q?: string;
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Categories, brands and products */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Suggested"];
                };
            };
            /** @description `bad_query`: out of its bounds, or not readable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `catalog_unknown` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    text_search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchBody"];
            };
        };
        responses: {
            /** @description A page of hits */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `catalog_unknown`, `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cursor_expired`: search again without a cursor */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`, `picture_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `bad_picture`, `unsafe_picture` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: ask again after Retry-After seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, `unavailable`, `timeout`: ask again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
