// Generated from docs/openapi.json by `npm run openapi`. Do not edit.

export interface paths {
    "/api/v1/admin/alert-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is told of alerts */
        get: operations["alert_channels"];
        put?: never;
        /** Have somebody told */
        post: operations["create_alert_channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alert-channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Tell somebody no more */
        delete: operations["remove_alert_channel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alert-channels/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a channel was told, the newest first */
        get: operations["alert_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alert-channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a channel */
        post: operations["test_alert_channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alert-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules of alerts */
        get: operations["alert_rules"];
        put?: never;
        /** Make a rule */
        post: operations["create_alert_rule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alert-rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Replace the terms of a rule */
        put: operations["replace_alert_rule"];
        post?: never;
        /**
         * Remove a rule
         * @description Those that every server begins with can be turned off, and not removed.
         */
        delete: operations["remove_alert_rule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts, the newest first */
        get: operations["alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Acknowledge an alert
         * @description It stays open until its rule holds again.
         */
        post: operations["acknowledge_alert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What staff did, the newest first */
        get: operations["audit_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogues that are searched or made here */
        get: operations["admin_catalogs"];
        put?: never;
        /** Make an empty catalogue */
        post: operations["make_catalog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A catalogue that is searched or made here */
        get: operations["admin_catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/difference": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a publication would change */
        get: operations["catalog_difference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The experiments of a catalogue, the newest first */
        get: operations["experiments"];
        put?: never;
        /**
         * Make an experiment
         * @description Searches take no part before it is started. What it changes is fixed from now on.
         */
        post: operations["create_experiment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/experiments/power": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many searches an experiment would need */
        get: operations["experiment_power"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/experiments/{experiment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What came of an experiment
         * @description Its intervals hold at all times at once: it may be looked at as often as anybody likes, and stopped at any time.
         */
        get: operations["experiment_results"];
        put?: never;
        post?: never;
        /** Remove a draft */
        delete: operations["remove_experiment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/experiments/{experiment}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a variant the setting of all
         * @description Its weights and its rules become new versions, which every replica obeys within five seconds and the next release
         *     has. The experiment ends.
         */
        post: operations["ship_experiment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/experiments/{experiment}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start an experiment
         * @description Every replica has searches take part within five seconds.
         */
        post: operations["start_experiment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/experiments/{experiment}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop an experiment
         * @description All search as before. What came of it stays.
         */
        post: operations["stop_experiment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/feed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a feed into the catalogue: the body is the file, in any format of docs/feeds.md */
        post: operations["upload_feed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/fetch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fetch the catalogue's feed from its address now, and read it even if it is as before */
        post: operations["fetch_feed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Say how the catalogue's feeds are read */
        put: operations["set_feed_options"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish what is searched here, as a job */
        post: operations["publish_catalog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/ranking": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The weights that searches obey, and the versions before */
        get: operations["catalog_ranking"];
        put?: never;
        /**
         * Rank by other weights from now on
         * @description Every replica does so within five seconds, and the next release of the catalogue has them.
         */
        post: operations["set_ranking"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign what is published anew, as a job
         * @description Devices accept a release until its signatures end. The server signs anew by itself where the passphrase of the keys
         *     stands in a file.
         */
        post: operations["refresh_catalog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogue's releases, the newest first */
        get: operations["catalog_releases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish the content of an older release as a new one, as a job */
        post: operations["roll_back_catalog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules and synonyms that are obeyed, and their draft */
        get: operations["catalog_rules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Store a draft
         * @description Searches do not obey it before it is published.
         */
        put: operations["set_rules_draft"];
        post?: never;
        /** Discard the draft */
        delete: operations["discard_rules_draft"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Search with other rules and synonyms, beside those that are obeyed */
        post: operations["preview_rules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Products to choose from, whatever rules hide */
        get: operations["pick_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Obey the draft from now on
         * @description Every replica does so within five seconds, and the next release of the catalogue has it.
         */
        post: operations["publish_rules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Obey an older version from now on
         * @description It becomes a new version. The draft stays as it is.
         */
        post: operations["roll_back_rules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules/spots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find the products on a picture
         * @description Nothing of it is kept or counted, and rules hide nothing.
         */
        post: operations["find_look_spots"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions, the newest first */
        get: operations["rules_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/rules/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A version with its rules and synonyms */
        get: operations["rules_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make signing keys that lie on this server, locked by a passphrase */
        post: operations["make_signing_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/catalogs/{id}/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Fetch the catalogue's feed from its address */
        put: operations["set_feed_source"];
        post?: never;
        /** Fetch the catalogue's feed no more */
        delete: operations["remove_feed_source"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, the newest first */
        get: operations["jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job */
        get: operations["job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a job that waits or runs */
        post: operations["cancel_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/jobs/{id}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a job said */
        get: operations["job_lines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/jobs/{id}/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a job set aside, in the feed's order */
        get: operations["job_problems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All API keys, without their secrets */
        get: operations["keys"];
        put?: never;
        /** Make an API key and show it, this once */
        post: operations["create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Make an API key useless, at once and for good */
        delete: operations["revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/kiosks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Kiosks that have sent heartbeats */
        get: operations["kiosks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/kiosks/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget a kiosk that was taken away */
        delete: operations["remove_kiosk"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/kiosks/{name}/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give a kiosk an order that its retailer signed
         * @description `knytt kiosk … --print` writes one. It waits for the kiosk's next heartbeat, in the place of the order before. The
         *     kiosk verifies the signature; this server does not know the key.
         */
        put: operations["order_kiosk"];
        post?: never;
        /** Take back the order that waits for a kiosk */
        delete: operations["take_back_order"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of a window, and of the one before */
        get: operations["stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/catalogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogues that something is counted of, or that are searched here */
        get: operations["stats_catalogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What has changed against the seven days before the window
         * @description The shares of searches by way in, and of those that the server answered itself by language and by the category of the
         *     nearest hit. `release` is not looked at.
         */
        get: operations["stats_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same by day */
        get: operations["stats_days"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the best hits are as near as in the seven days before the window
         * @description Of searches that the server answered itself, by way in, with all releases and with each. Ways in with fewer than 200
         *     searches on either side are left out. `release` is not looked at.
         */
        get: operations["stats_drift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/embeddings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether what is asked and what is sold has moved in the model's space
         * @description By the maximum mean discrepancy: words and pictures of searches that the server answered itself, against the seven days
         *     before the window, if there were 200 or more on both sides; and each of the last states of the catalogue, against the
         *     one before it. `release` is not looked at.
         */
        get: operations["stats_embeddings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The products with the most attention
         * @description `release` is not looked at.
         */
        get: operations["stats_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was asked in words
         * @description Words come from events, so from shoppers who agreed to send them; what may be a person's is left out, and so is what
         *     fewer than five visitors asked. `release` is not looked at.
         */
        get: operations["stats_queries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Searches by release */
        get: operations["stats_releases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/service": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the server itself answers, and what it searches */
        get: operations["stats_service"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats/ways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Searches by way in */
        get: operations["stats_ways"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People, by their ids */
        get: operations["users"];
        put?: never;
        /** Give somebody an account */
        post: operations["invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what somebody may do, or close an account
         * @description Closing it ends all its sessions.
         */
        patch: operations["change"];
        trace?: never;
    };
    "/api/v1/admin/users/{id}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a link that sets somebody's password once
         * @description It is good for an hour, and ends a link of before. When it is used, all sessions of the account end.
         */
        post: operations["reset_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description A browser gets a cookie; a program that asks for `tokens` gets tokens.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out here */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["me"];
        put?: never;
        post?: never;
        /** Erase the account and everything that is known of it */
        delete: operations["erase"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the password
         * @description All other sessions of the account end.
         */
        post: operations["password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renew a session of tokens
         * @description A refresh token is good once. Used again, it ends the session.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account
         * @description The answer is the same whether the address has an account or not; then nothing is made. Sign in after it.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a password with a link's token
         * @description All sessions of the account end.
         */
        post: operations["reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
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
    "/api/v1/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell what shoppers did
         * @description An event with the token of an answer that this shop gave within a day ranks products, within bounds per visitor:
         *     each kind counts once for a visitor, a product and a day. The same request again has the same outcome. The body is
         *     read as JSON whatever its content type says, so that `navigator.sendBeacon` may send it.
         */
        post: operations["feedback"];
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
    "/api/v1/kiosks/alive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a kiosk's heartbeat
         * @description Its setting `heartbeat` names this address, with a key of the scope `search` that is for no page.
         */
        post: operations["kiosk_alive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/looks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pictures that the shop shows with the products on them */
        get: operations["looks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/looks/{id}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture of a look */
        get: operations["look_picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that is known of you */
        get: operations["export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/favourites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your favourites */
        get: operations["favourites"];
        /** Keep a product */
        put: operations["add_favourite"];
        post?: never;
        /** Keep a product no longer */
        delete: operations["remove_favourite"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What you looked at */
        get: operations["history"];
        /** Remember a product that you looked at */
        put: operations["add_history"];
        post?: never;
        /** Forget what you looked at */
        delete: operations["clear_history"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where you are signed in */
        get: operations["sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign out there */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/taste": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your taste, as your device stored it */
        get: operations["taste"];
        /** Store your taste for your other devices */
        put: operations["set_taste"];
        post?: never;
        /** Forget your taste here */
        delete: operations["clear_taste"];
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
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell of an order
         * @description For the shop's server, with a key of scope `orders`. It may be sent again until it is answered.
         */
        post: operations["order"];
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
    "/api/v1/products/{id}/also-viewed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Products that visits had which had this one, too
         * @description The shop's rules hide products from it as from searches.
         */
        get: operations["also_viewed"];
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
        /** Go to a product's page in the shop */
        get: operations["to_shop"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recommend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Products for a shopper, for products, or for nobody in particular
         * @description The shop's rules hide products from it as from searches.
         */
        post: operations["recommend"];
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
    "/api/v1/trending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Products that many want now
         * @description The shop's rules hide products from it as from searches.
         */
        get: operations["trending"];
        put?: never;
        post?: never;
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
        /** @description Somebody with an account. */
        Account: {
            /**
             * Format: int64
             * @description When the account was made, in milliseconds since 1970.
             */
            createdMs: number;
            /**
             * Format: int64
             * @description When it was closed by staff.
             */
            disabledMs?: number | null;
            /** @description The address that signs in. */
            email: string;
            /** @description The account's id. */
            id: string;
            /** @description What they want to be called. */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
        };
        /** @description What somebody says who acknowledges an alert. */
        Acknowledgement: {
            /** @description A note for the others. */
            note?: string;
        };
        /** @description What happened; in JSON, `name` is one of GA4's and the other fields stand beside it. */
        Action: {
            /**
             * Format: int32
             * @description The best hit's confidence, 0 to 100.
             */
            confidence?: number | null;
            /**
             * @description Whether the best of them was good enough to be called a match; `None` if the catalogue's
             *     scale is not known.
             */
            good_match?: boolean | null;
            /** @description How the shopper asked. */
            kind: components["schemas"]["QueryKind"];
            /** @enum {string} */
            name: "search";
            /**
             * Format: int32
             * @description How many hits there were.
             */
            results: number;
            /** @description The words, if there were any. */
            search_term?: string | null;
        } | {
            /** @description Those that did. */
            items: components["schemas"]["ListedItem"][];
            /** @enum {string} */
            name: "view_item_list";
        } | (components["schemas"]["Item"] & {
            /** @enum {string} */
            name: "select_item";
        }) | (components["schemas"]["Item"] & {
            /** @enum {string} */
            name: "view_item";
        }) | (components["schemas"]["Item"] & {
            /** @enum {string} */
            name: "add_to_wishlist";
        }) | (components["schemas"]["Item"] & {
            /** @enum {string} */
            name: "remove_from_wishlist";
        }) | (components["schemas"]["Item"] & {
            /** @enum {string} */
            name: "share";
        }) | (components["schemas"]["Item"] & {
            /** @enum {string} */
            name: "click";
        }) | (components["schemas"]["Item"] & {
            /** @enum {string} */
            name: "add_to_cart";
        }) | (components["schemas"]["Item"] & {
            /** @enum {string} */
            name: "purchase";
        });
        /** @description An alert. */
        Alert: {
            /** @description Who: an account's id, or `key:` and an API key's id. */
            acknowledgedBy: string;
            /**
             * Format: int64
             * @description When somebody acknowledged it; 0 if nobody has.
             */
            acknowledgedMs: number;
            /** @description The catalogue; empty for the server. */
            catalog: string;
            /**
             * Format: int64
             * @description Answers or searches that it was of.
             */
            count: number;
            /**
             * Format: double
             * @description What it was compared with.
             */
            expected: number;
            /** @description Its id; ids grow with time. */
            id: string;
            /** @description What the rule looks at. */
            metric: components["schemas"]["AlertMetric"];
            /** @description What they said of it. */
            note: string;
            /**
             * Format: int64
             * @description When it opened, in milliseconds since 1970.
             */
            openedMs: number;
            /**
             * Format: int64
             * @description When it resolved; 0 while it is open.
             */
            resolvedMs: number;
            /** @description The id of its rule. */
            rule: string;
            /**
             * Format: int64
             * @description When the rule was broken last.
             */
            seenMs: number;
            /** @description What of it: a kind of job, a kiosk; else empty. */
            subject: string;
            /** @description What is the matter, in English. */
            text: string;
            /**
             * Format: double
             * @description In the metric's unit, as it was seen last while the rule was broken.
             */
            value: number;
        };
        /** @description Who is told. */
        AlertChannel: {
            /** @description Who made it. */
            actor: string;
            /** @description The address of a webhook, or an e-mail address. */
            address: string;
            /** @description Only alerts of this catalogue, and of the server; empty for all. */
            catalog: string;
            /** @description Its id. */
            id: string;
            /** @description How. */
            kind: components["schemas"]["AlertChannelKind"];
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            madeMs: number;
        };
        /**
         * @description How somebody is told.
         * @enum {string}
         */
        AlertChannelKind: "webhook" | "email";
        /** @description A channel, with its secret. */
        AlertChannelMade: components["schemas"]["AlertChannel"] & {
            /** @description What signs the bodies of a webhook; shown this once. Empty for letters. */
            secret: string;
        };
        /**
         * @description What is compared with the threshold.
         * @enum {string}
         */
        AlertComparison: "above" | "below" | "chanceAbove" | "chanceBelow";
        /** @description Something that is to be told. */
        AlertDelivery: {
            /**
             * Format: int64
             * @description How often it was tried.
             */
            attempts: number;
            /** @description The channel that is told. */
            channel: string;
            /**
             * Format: int64
             * @description When it is tried next, in milliseconds since 1970.
             */
            dueMs: number;
            /**
             * Format: int64
             * @description When it was sent or given up; 0 before that.
             */
            endedMs: number;
            /** @description Why it could not be told the last time. */
            error: string;
            /** @description `opened`, `resolved` or `test`. */
            event: string;
            /** @description Its id, which is in the body, too: a body may come twice. */
            id: string;
            /**
             * Format: int64
             * @description Since when it is to be told.
             */
            madeMs: number;
            /** @description `waiting`, `sent` or `given_up`. */
            state: string;
        };
        /**
         * @description What a rule looks at.
         * @enum {string}
         */
        AlertMetric: "latencyP99" | "failures" | "clickThrough" | "zeroResults" | "signatures" | "failedJob" | "kiosk" | "drift" | "embeddings" | "scheduler";
        /** @description A rule. */
        AlertRule: components["schemas"]["AlertTerms"] & {
            /** @description Who made or changed it: an account's id, `key:` and an API key's id, or `default`. */
            actor: string;
            /** @description Its id. */
            id: string;
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            madeMs: number;
        };
        /** @description From when on something is an alert. */
        AlertTerms: {
            /** @description The catalogue; empty for the server and for each catalogue without a rule of its own for the metric. */
            catalog?: string;
            /** @description What is compared. */
            comparison: components["schemas"]["AlertComparison"];
            /** @description Whether it is evaluated. */
            enabled: boolean;
            /** @description What is looked at. */
            metric: components["schemas"]["AlertMetric"];
            /**
             * Format: int64
             * @description Answers or searches that there must be in the window.
             */
            minimum: number;
            /**
             * Format: double
             * @description In the metric's unit; with `chanceAbove` and `chanceBelow`, false alarms a year.
             */
            threshold: number;
            /**
             * Format: int64
             * @description Over how many minutes, or for how long what happened counts.
             */
            windowMinutes: number;
        };
        /** @description A key as the database knows it. */
        ApiKey: {
            /** @description The one catalogue it is for, or `*`. */
            catalog: string;
            /**
             * Format: int64
             * @description When it was made, in milliseconds since 1970.
             */
            created_ms: number;
            /**
             * Format: int64
             * @description When it ends by itself, in milliseconds since 1970.
             */
            expires_ms?: number | null;
            /** @description Its public part. */
            id: string;
            /**
             * Format: int64
             * @description When it was last used, to the minute.
             */
            last_used_ms?: number | null;
            /** @description What its owner calls it. */
            name: string;
            /** @description Origins whose pages may show it; anybody may if there is none. */
            origins: string[];
            /**
             * Format: int32
             * @description Requests a minute, if it has a limit of its own.
             */
            rate_per_minute?: number | null;
            /**
             * Format: int64
             * @description When it was revoked.
             */
            revoked_ms?: number | null;
            /** @description What it is for. */
            scopes: components["schemas"]["Scope"][];
        };
        /** @description One action. */
        AuditEntry: {
            /** @description What, such as `user.invite` or `key.revoke`. */
            action: string;
            /** @description Who: an account's id, `key:` and an API key's id, or `command` for the command line. */
            actor: string;
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            atMs: number;
            /** @description More of it, such as the new role. */
            detail: string;
            /** @description Its id; ids grow with time. */
            id: string;
            /** @description To what: an account's or a key's id. */
            target: string;
        };
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
            /**
             * Format: int32
             * @description Which of its pictures to show: the number of a further picture that a query's picture is nearest to; absent: its
             *     own picture.
             */
            picture?: number | null;
            price?: components["schemas"]["Money"] | null;
            salePrice?: components["schemas"]["Money"] | null;
            /** @description What a shopper reads first. */
            title: string;
        };
        /** @description A catalogue that is searched here. */
        CatalogEntry: {
            /**
             * Format: int64
             * @description Until when devices accept what is published, in milliseconds since 1970; 0 if nothing is, or that was not looked
             *     at yet.
             */
            acceptedUntilMs: number;
            /**
             * Format: int64
             * @description When it was built last, in milliseconds since 1970; 0 before that.
             */
            builtMs: number;
            /** @description Whether signing keys lie here; absent for those who may not publish. */
            hasKeys?: boolean | null;
            /** @description Whether this replica has its files. */
            here: boolean;
            /** @description Its id. */
            id: string;
            job?: components["schemas"]["Job"] | null;
            /** @description Whether it was made here, so that feeds and publications are taken for it. */
            made: boolean;
            /** @description Whether publishing needs a passphrase with the request; absent for those who may not publish. */
            needsPassphrase?: boolean | null;
            /** @description How its feeds are read. */
            options: components["schemas"]["FeedOptions"];
            /**
             * Format: int32
             * @description Products in it.
             */
            products: number;
            /**
             * Format: int64
             * @description The last release that was published here; 0 if none was.
             */
            published: number;
            /**
             * Format: int32
             * @description Its release; 0 if it was built where it is searched.
             */
            release: number;
            /** @description Whether this server signs it anew by itself before that. */
            signsAnew: boolean;
            source?: components["schemas"]["FeedSource"] | null;
            /** @description Where it is on its way to shoppers. */
            state: components["schemas"]["CatalogState"];
            /** @description Its name for people. */
            title: string;
        };
        /**
         * @description Where a catalogue is on its way to shoppers.
         * @enum {string}
         */
        CatalogState: "empty" | "working" | "ready" | "changed" | "published" | "searched";
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
        /** @description One thing that a shopper did. */
        Did: components["schemas"]["Action"] & {
            /**
             * Format: int64
             * @description When, by the browser's clock: milliseconds since 1970 in UTC.
             */
            atMs: number;
            /**
             * Format: uuid
             * @description A UUID of version 7, made once: what is sent twice is counted once.
             */
            id: string;
            /**
             * Format: int32
             * @description `team` of the hit, if it has one: in an experiment that merges two rankings, the choice is counted for it.
             */
            team?: number | null;
            /** @description `feedbackToken` of the answer that led here. Events without one are counted apart and rank nothing. */
            token?: string | null;
        };
        /** @description What is different. */
        Difference: {
            /**
             * Format: int64
             * @description Products with another text, price, picture or the like.
             */
            changed: number;
            /**
             * Format: int64
             * @description Products that the build does not have any more.
             */
            gone: number;
            /** @description The first of each kind. */
            named: components["schemas"]["DifferentProduct"][];
            /**
             * Format: int64
             * @description Products that the release does not have.
             */
            new: number;
            /**
             * Format: int64
             * @description Products of the build.
             */
            products: number;
            /**
             * Format: int64
             * @description The release that is compared with; absent if nothing was published.
             */
            release?: number | null;
            /**
             * Format: int64
             * @description Products of the build that have no picture.
             */
            withoutPicture: number;
        };
        /** @description A product that is different. */
        DifferentProduct: {
            id: string;
            /** @description `new`, `changed`, `gone` or `without_picture`. */
            kind: string;
            title: string;
        };
        /** @description Proof that it is the account's owner who asks. */
        Erasure: {
            /** @description The account's password. */
            password: string;
        };
        /** @description An experiment. */
        Experiment: {
            /** @description The control, then the variants. */
            arms: components["schemas"]["ExperimentArm"][];
            /** @description Who made it. */
            author: string;
            /**
             * Format: double
             * @description The share of searches that lead where they should, when it was planned.
             */
            baseline: number;
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            createdMs: number;
            /**
             * Format: int64
             * @description When it ended, or will end by itself.
             */
            endedMs?: number | null;
            /** @description Its id; events name it. */
            id: string;
            /** @description Whether two rankings are merged into one list, in place of an arm for each visitor. */
            interleaved: boolean;
            /**
             * Format: double
             * @description The change to be seen, relative to it.
             */
            lift: number;
            /** @description What a search is to lead to. */
            metric: components["schemas"]["ExperimentMetric"];
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description The searches that each arm needs for that; in a merged list, all of them.
             */
            needed: number;
            /**
             * Format: double
             * @description How probable it is to be seen, if it is there.
             */
            power: number;
            /**
             * Format: int64
             * @description The number of the arm that became the setting of all.
             */
            shipped?: number | null;
            /**
             * Format: int64
             * @description When it was started.
             */
            startedMs?: number | null;
            /** @description What has been done with it. */
            state: components["schemas"]["ExperimentState"];
        };
        /** @description An arm. */
        ExperimentArm: {
            /** @description Whether it obeys rules and synonyms of its own. */
            hasRules: boolean;
            /** @description Its name. */
            name: string;
            /**
             * Format: int32
             * @description Of 10,000 buckets of visitors.
             */
            share: number;
            weights?: components["schemas"]["Weights"] | null;
        };
        /** @description What is known of one arm. */
        ExperimentArmResult: {
            /**
             * Format: int64
             * @description Those that led to a basket.
             */
            carted: number;
            /**
             * Format: int64
             * @description Those that led to a product; in a merged list, to one of this arm's team.
             */
            clicked: number;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Those with hits that do not fit.
             */
            noGoodMatch: number;
            /**
             * Format: double
             * @description Within what time 95 % of its answers were made, in milliseconds.
             */
            p95Ms?: number | null;
            /**
             * Format: int64
             * @description Those that led to a purchase.
             */
            purchased: number;
            /**
             * Format: int64
             * @description Searches.
             */
            searches: number;
            /**
             * Format: double
             * @description The share of searches that led where they should.
             */
            share: number;
            /**
             * Format: int64
             * @description Visitors; one who came on several days counts on each.
             */
            visitors: number;
            /**
             * Format: int64
             * @description Those without a hit.
             */
            zeroResult: number;
        };
        /** @description A variant against the control. */
        ExperimentComparison: {
            /**
             * Format: int32
             * @description The number of the variant among the arms.
             */
            arm: number;
            /** @description What must not become worse. In a merged list there is nothing to compare: all see the same. */
            guards: components["schemas"]["ExperimentGuard"][];
            interval?: components["schemas"]["ExperimentInterval"] | null;
            /** @description What the interval says. */
            verdict: components["schemas"]["ExperimentVerdict"];
        };
        /** @description All of it. */
        ExperimentConclusions: {
            /** @description Each arm, the control first. */
            arms: components["schemas"]["ExperimentArmResult"][];
            /** @description Each variant against the control. */
            comparisons: components["schemas"]["ExperimentComparison"][];
            /** @description Whether visitors are spread as planned. */
            mismatch: components["schemas"]["ExperimentMismatch"];
        };
        /** @description A share that must not become greater. */
        ExperimentGuard: {
            /**
             * Format: double
             * @description The control's share.
             */
            control: number;
            interval?: components["schemas"]["ExperimentInterval"] | null;
            /** @description Of what. */
            name: components["schemas"]["ExperimentGuardName"];
            /**
             * Format: double
             * @description The variant's.
             */
            variant: number;
            /** @description `worse` if it is greater for certain. */
            verdict: components["schemas"]["ExperimentVerdict"];
        };
        /**
         * @description What must not become worse.
         * @enum {string}
         */
        ExperimentGuardName: "zeroResult" | "abandonment" | "latency";
        /** @description Within what a difference is, at all times at once, with a probability of 95 %. */
        ExperimentInterval: {
            /**
             * Format: double
             * @description The variant's share less the control's.
             */
            difference: number;
            /**
             * Format: double
             * @description At most.
             */
            high: number;
            /**
             * Format: double
             * @description At least.
             */
            low: number;
        };
        /**
         * @description What a search is to lead to.
         * @enum {string}
         */
        ExperimentMetric: "clicked" | "carted" | "purchased";
        /** @description Whether visitors are spread as the shares say. */
        ExperimentMismatch: {
            /** @description Whether that is below 0.001: then no figure of the experiment can be believed. */
            isMismatch: boolean;
            /**
             * Format: double
             * @description How probable it is that chance alone spreads them so unevenly.
             */
            probability: number;
        };
        /** @description What an experiment would need. */
        ExperimentPower: {
            /**
             * Format: double
             * @description The share of searches that lead where they should.
             */
            baseline: number;
            /**
             * Format: int64
             * @description The searches that this share was counted of; 0 if it was said.
             */
            counted: number;
            /**
             * Format: int64
             * @description Days that this takes; absent where nobody searched.
             */
            days?: number | null;
            /**
             * Format: int64
             * @description The searches that each arm needs; in a merged list, all of them.
             */
            needed: number;
            /**
             * Format: double
             * @description Searches a day in the last 28 days.
             */
            searchesADay: number;
        };
        /** @description An experiment and what came of it. */
        ExperimentResults: components["schemas"]["ExperimentConclusions"] & {
            /** @description The experiment. */
            experiment: components["schemas"]["Experiment"];
        };
        /**
         * @description What has been done with an experiment.
         * @enum {string}
         */
        ExperimentState: "draft" | "running" | "ended";
        /**
         * @description What an interval says.
         * @enum {string}
         */
        ExperimentVerdict: "better" | "worse" | "open";
        /** @description Everything that is known of somebody. */
        Export: {
            /** @description The account. */
            account: components["schemas"]["Account"];
            /** @description What they keep. */
            favourites: components["schemas"]["Kept"][];
            /** @description What they looked at. */
            history: components["schemas"]["Kept"][];
            /** @description Where they are signed in. */
            sessions: components["schemas"]["SessionEntry"][];
            /** @description Their taste, as their device wrote it. */
            taste?: Record<string, never> | null;
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
        /** @description How feeds of a catalogue are read. */
        FeedOptions: {
            /**
             * @description The currency of prices that name none, as three letters.
             * @default null
             */
            currency?: string | null;
            /**
             * @description The format, where it is not to be told by the content; see docs/feeds.md.
             * @default null
             */
            format?: string | null;
            /**
             * @description Keeps products whose picture cannot be had.
             * @default false
             */
            keepPictureless?: boolean;
            /**
             * @description Takes drafts and what is archived, too.
             * @default false
             */
            unpublished?: boolean;
        };
        /** @description Where a feed is fetched from. */
        FeedSource: {
            /**
             * Format: int64
             * @description When it is fetched next, in milliseconds since 1970.
             */
            dueMs: number;
            /**
             * Format: int64
             * @description How often, in minutes; 0: when somebody asks for it.
             */
            everyMinutes: number;
            /** @description Its address. */
            url: string;
        };
        /** @description Events of one visit. */
        Feedback: {
            /** @description The catalogue; needed only where several are searched. */
            catalog?: string | null;
            /** @description What happened. */
            events: components["schemas"]["Did"][];
            /**
             * Format: uuid
             * @description A random id that the page makes at each visit and keeps nowhere.
             */
            visit: string;
        };
        /** @description What became of the events. */
        FeedbackOutcome: {
            /**
             * Format: int32
             * @description Events that were not known before.
             */
            accepted: number;
            /**
             * Format: int32
             * @description Events with a valid token, or whose request has an ingest key of the catalogue.
             */
            bound: number;
            /**
             * Format: int32
             * @description Events that were here already.
             */
            duplicates: number;
            /** @description Events that are wrong and would be wrong again. */
            rejected: components["schemas"]["Rejected"][];
        };
        /** @description An order, and what became of it. */
        GivenOrder: {
            /** @description `waits`, `obeyed`, `refused` or `late`. */
            became: string;
            /**
             * Format: int64
             * @description When it was given, in milliseconds since 1970.
             */
            issuedMs: number;
            /** @description `restart` or `settings`. */
            task: string;
            /**
             * Format: int64
             * @description Until when the kiosk may obey it.
             */
            untilMs: number;
        };
        /** @description What the shop's rules add to an answer, besides the order of its hits. */
        Guided: {
            /** @description What was searched for besides the typed words, for the shop's staff. */
            also?: string[];
            /** @description A text to show above the hits. */
            banner?: string | null;
            /** @description The address of a page of the shop that may fit better. */
            redirect?: string | null;
            /** @description The rules that apply, for the shop's staff. */
            rules?: components["schemas"]["RuleName"][];
        };
        /** @description One product of the answer. */
        Hit: {
            /** @description The product. */
            card: components["schemas"]["Card"];
            /** @description What the shop's rules did to it, for the shop's staff. */
            effects?: components["schemas"]["RuleEffect"][];
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
            /** @description The id of the product in whose place it stands, for the shop's staff. */
            replaces?: string | null;
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
            /**
             * Format: int32
             * @description In an experiment that merges two rankings, whose choice it is: 0 the present one's, 1 the other one's.
             */
            team?: number | null;
        };
        /** @description Ids of products. */
        Ids: {
            /** @description The catalogue; needed only where several are served. */
            catalog?: string | null;
            /** @description The ids. */
            ids: string[];
        };
        /** @description Searches with one value. */
        InsightChange: {
            /**
             * Format: int64
             * @description Searches in the seven days before it.
             */
            before: number;
            /**
             * Format: double
             * @description What it adds to the population stability index of this part.
             */
            index: number;
            /** @description What searches are told apart by: `way`, `language`, `category`. */
            part: string;
            /**
             * Format: int64
             * @description Searches in the window.
             */
            searches: number;
            /**
             * Format: double
             * @description Of the searches of this part in the window, 0 to 1.
             */
            share: number;
            /**
             * Format: double
             * @description The same in the seven days before.
             */
            shareBefore: number;
            /** @description A channel and a kind (`web words`), a language (`en`, empty if none was said), the category of the nearest hit. */
            value: string;
        };
        /** @description A day. */
        InsightDay: components["schemas"]["InsightFigures"] & {
            /**
             * Format: double
             * @description `ctr` of this day and the six before it.
             */
            ctr7?: number | null;
            /** @description As 2026-11-29, in UTC. */
            day: string;
            /** @description What was bought, by currency. */
            revenue: components["schemas"]["InsightDayRevenue"][];
        };
        /** @description What was bought on a day in a currency. */
        InsightDayRevenue: {
            /** @description Their sum: a decimal number as text. */
            amount: string;
            /** @description Three letters of ISO 4217. */
            currency: string;
            /**
             * Format: int64
             * @description Sales that named their value.
             */
            sales: number;
        };
        /** @description A way in, with one release or with all. */
        InsightDrift: {
            /**
             * Format: int64
             * @description Searches with a hit in the seven days before it.
             */
            before: number;
            /** @description From where: `web`, `api`. */
            channel: string;
            /** @description Whether it is another distribution, and not by chance. */
            drifted: boolean;
            /** @description The similarities of the best hits in steps of 0.025, the least first; steps that neither period has are left out. */
            histogram: components["schemas"]["InsightScoreStep"][];
            /**
             * Format: double
             * @description The population stability index of the similarity of the best hit: from 0.25 on it is another distribution.
             */
            index: number;
            /** @description What was asked with: `words`, `image`, `both`, `similar`, `camera`. */
            kind: string;
            /**
             * Format: double
             * @description The mean similarity of the best hit in the window.
             */
            mean: number;
            /**
             * Format: double
             * @description The same in the seven days before.
             */
            meanBefore: number;
            /**
             * Format: int64
             * @description The release that was searched in the window; absent for all of them.
             */
            release?: number | null;
            /**
             * Format: int64
             * @description Searches with a hit in the window.
             */
            searches: number;
        };
        /** @description What is asked, or what is sold, against what was before. */
        InsightEmbeddings: {
            /**
             * Format: int64
             * @description Queries in the seven days before it, or products of the state before.
             */
            before: number;
            /**
             * Format: double
             * @description What it exceeds by chance once in a thousand times.
             */
            byChance: number;
            /**
             * Format: int64
             * @description Queries in the window, or products.
             */
            count: number;
            /**
             * Format: double
             * @description The squared maximum mean discrepancy: about 0 of the same distribution, 2 at most.
             */
            discrepancy: number;
            /** @description Whether it is another distribution, and not by chance. */
            drifted: boolean;
            /** @description The embeddings of what: `words` and `image` of queries, `catalog` of what is sold. */
            of: string;
            /**
             * Format: int64
             * @description The release; absent for queries. 0 is a state that was built where it is searched.
             */
            release?: number | null;
            /**
             * Format: int64
             * @description The release that it is compared with.
             */
            releaseBefore?: number | null;
        };
        /** @description Counts and what follows from them. */
        InsightFigures: {
            /**
             * Format: int64
             * @description Products put into the basket.
             */
            addToCart: number;
            /**
             * Format: int64
             * @description Searches that led to a product.
             */
            clicked: number;
            /**
             * Format: double
             * @description `purchased` of `searches`.
             */
            conversion?: number | null;
            /**
             * Format: double
             * @description `clicked` of `searches`; nothing where nobody searched.
             */
            ctr?: number | null;
            /**
             * Format: double
             * @description The mean place in the list of the products that were chosen; the first is 1.
             */
            meanPosition?: number | null;
            /**
             * Format: int64
             * @description Searches with hits that do not fit.
             */
            noGoodMatch: number;
            /**
             * Format: int64
             * @description Searches that led to a purchase.
             */
            purchased: number;
            /**
             * Format: int64
             * @description Products bought.
             */
            purchases: number;
            /**
             * Format: int64
             * @description Visitors who searched; one who came on several days counts on each.
             */
            searchers: number;
            /**
             * Format: int64
             * @description Searches.
             */
            searches: number;
            /**
             * Format: int64
             * @description Pages of products that were opened.
             */
            views: number;
            /**
             * Format: int64
             * @description Searches that led to none.
             */
            withoutClick: number;
            /**
             * Format: int64
             * @description Searches without a hit.
             */
            zeroResult: number;
        };
        /** @description A catalogue as it is searched here. */
        InsightIndex: {
            /**
             * Format: int64
             * @description When what is searched was built here; 0 if it was built elsewhere.
             */
            builtMs: number;
            /**
             * Format: int64
             * @description Products with an embedding: pictures find them.
             */
            embedded: number;
            /**
             * Format: int64
             * @description The newest release that this server knows of; 0 for none.
             */
            newestRelease: number;
            /**
             * Format: int64
             * @description Products.
             */
            products: number;
            /**
             * Format: int64
             * @description When the newest release was published, in milliseconds since 1970; 0 if that is not known.
             */
            publishedMs: number;
            /**
             * Format: int64
             * @description The release that is searched; 0 for a catalogue that was built here.
             */
            release: number;
        };
        /** @description Searches and what came of them. */
        InsightOutcome: {
            /**
             * Format: int64
             * @description Those that led to a basket.
             */
            carted: number;
            /**
             * Format: int64
             * @description Those that led to a product.
             */
            clicked: number;
            /**
             * Format: double
             * @description `purchased` of `searches`.
             */
            conversion?: number | null;
            /**
             * Format: double
             * @description `clicked` of `searches`.
             */
            ctr?: number | null;
            /**
             * Format: int64
             * @description Those with hits that do not fit.
             */
            noGoodMatch: number;
            /**
             * Format: int64
             * @description Those that led to a purchase.
             */
            purchased: number;
            /**
             * Format: int64
             * @description Searches.
             */
            searches: number;
            /**
             * Format: int64
             * @description Those without a hit.
             */
            zeroResult: number;
        };
        /** @description A product and what was done with it. */
        InsightProduct: {
            /**
             * Format: int64
             * @description How often it was put into the basket.
             */
            carted: number;
            /** @description Its id. */
            id: string;
            /**
             * Format: int64
             * @description How often it was bought.
             */
            purchased: number;
            /**
             * Format: int64
             * @description How often it was chosen in a list.
             */
            selected: number;
            /** @description Its title; empty where the catalogue is not searched here, or no longer has the product. */
            title: string;
            /**
             * Format: int64
             * @description How often its page was opened.
             */
            viewed: number;
            /**
             * Format: int64
             * @description How often it was made a favourite.
             */
            wishlisted: number;
        };
        /** @description Words that visitors asked. */
        InsightQuery: {
            /**
             * Format: int64
             * @description How often in the window before.
             */
            before: number;
            /**
             * Format: int64
             * @description How often the hits did not fit.
             */
            noGoodMatch: number;
            /** @description The words, without capitals. */
            query: string;
            /**
             * Format: int64
             * @description How often they were asked.
             */
            searches: number;
            /**
             * Format: int64
             * @description Visitors who asked them first in this window.
             */
            visitors: number;
            /**
             * Format: int64
             * @description How often there was no hit.
             */
            zeroResult: number;
        };
        /**
         * @description Which words.
         * @enum {string}
         */
        InsightQueryList: "top" | "rising" | "zeroResult" | "noGoodMatch";
        /** @description A release. */
        InsightRelease: components["schemas"]["InsightOutcome"] & {
            /**
             * Format: int64
             * @description Visits of apps that searched with it: of a device one for each start of its app.
             */
            devices: number;
            /**
             * Format: int64
             * @description Its number; 0 for a catalogue that is searched where it was built.
             */
            release: number;
        };
        /** @description What was bought in a currency. */
        InsightRevenue: {
            /** @description Their sum: a decimal number as text. */
            amount: string;
            /** @description The sum of the window before. */
            before: string;
            /** @description Three letters of ISO 4217. */
            currency: string;
            /**
             * Format: int64
             * @description Sales that named their value.
             */
            sales: number;
        };
        /** @description A step of similarities, and which share of the searches has its best hit there. */
        InsightScoreStep: {
            /**
             * Format: double
             * @description The least similarity of the step.
             */
            from: number;
            /**
             * Format: double
             * @description The share in the window, 0 to 1.
             */
            share: number;
            /**
             * Format: double
             * @description The share in the seven days before.
             */
            shareBefore: number;
        };
        /** @description How the server answered searches. */
        InsightService: {
            /**
             * Format: int64
             * @description Pages of hits that were given, browsing included.
             */
            answers: number;
            /**
             * Format: double
             * @description `cached` of `answers`.
             */
            cacheHitRate?: number | null;
            /**
             * Format: int64
             * @description Those of them that were kept from before.
             */
            cached: number;
            /**
             * Format: int64
             * @description Requests that failed (5xx).
             */
            failed: number;
            index?: components["schemas"]["InsightIndex"] | null;
            /**
             * Format: int64
             * @description Requests that were refused or failed and named no catalogue that is searched here.
             */
            ofNoCatalog: number;
            /**
             * Format: int64
             * @description Requests that were refused (4xx).
             */
            refused: number;
            /** @description How long answers took. */
            stages: components["schemas"]["InsightStage"][];
        };
        /** @description How long a stage took, in milliseconds. Quantiles are within 1 % of the true ones. */
        InsightStage: {
            /**
             * Format: int64
             * @description Answers that had this stage.
             */
            answers: number;
            /**
             * Format: double
             * @description Half of them took at most this long.
             */
            p50: number;
            /**
             * Format: double
             * @description 95 of 100.
             */
            p95: number;
            /**
             * Format: double
             * @description 99 of 100.
             */
            p99: number;
            /** @description `decode`, `embed`, `search`, `rank`, or `total` for all of an answer, those that were kept included. */
            stage: string;
        };
        /** @description A window and the one before it. */
        InsightSummary: {
            /**
             * Format: int64
             * @description Visitors who must have asked the same words for these to be shown.
             */
            askedBy: number;
            /** @description What happened in as many days before. */
            before: components["schemas"]["InsightFigures"];
            /** @description The catalogue. */
            catalog: string;
            /** @description The first day, as 2026-11-29 in UTC. */
            from: string;
            /** @description What happened. */
            now: components["schemas"]["InsightFigures"];
            /** @description What was bought, by currency: told by the shop's server, or by apps with an ingest key. */
            revenue: components["schemas"]["InsightRevenue"][];
            /** @description The last day. */
            to: string;
        };
        /** @description A way in. */
        InsightWay: components["schemas"]["InsightOutcome"] & {
            /**
             * @description From where: `app` (searched on a device), `kiosk` (searched on a screen in a store), `web` (pages of this server
             *     and of shops), `api` (programs).
             */
            channel: string;
            /** @description What was asked with: `words`, `image`, `both`, `similar`, `camera`; `browse` is no search. */
            kind: string;
        };
        /** @description Somebody to give an account. */
        Invitation: {
            /** @description The address to sign in with. */
            email: string;
            /** @description What to be called. */
            name?: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
        };
        /** @description The product that an event is about. */
        Item: {
            /**
             * Format: int32
             * @description The hit's confidence, 0 to 100.
             */
            confidence?: number | null;
            /** @description The currency of `value`, three letters of ISO 4217. */
            currency?: string | null;
            /** @description The product's id. */
            item_id: string;
            /**
             * Format: int32
             * @description Its place in the list that it was taken from; the first is 1.
             */
            position?: number | null;
            /**
             * Format: int32
             * @description How many; `None` is one.
             */
            quantity?: number | null;
            /** @description What it cost altogether, a decimal number as text. */
            value?: string | null;
        };
        /** @description A job. */
        Job: {
            /** @description Who asked for it: an account's id, `key:` and an API key's id, or `schedule`. */
            actor: string;
            /**
             * Format: int64
             * @description How often it was begun.
             */
            attempts: number;
            /** @description Whether somebody wants it to end. */
            cancelled: boolean;
            /** @description The catalogue that it is about. */
            catalog: string;
            /**
             * Format: int64
             * @description When it ended; 0 before that.
             */
            endedMs: number;
            /** @description The same, for people. */
            error: string;
            /** @description A stable name of why it failed, or of why it waits again. */
            errorCode: string;
            /** @description Its id; ids grow with time. */
            id: string;
            /** @description What is done: `feed`, `publish`, `rollback` or `refresh`. */
            kind: string;
            /**
             * Format: int64
             * @description When it was asked for, in milliseconds since 1970.
             */
            madeMs: number;
            /** @description What came of it, once it is done. */
            output: Record<string, never>;
            /** @description How far it is. */
            progress: components["schemas"]["JobProgress"];
            /**
             * Format: int64
             * @description When it was begun last; 0 before that.
             */
            startedMs: number;
            /** @description Where it is. */
            state: components["schemas"]["JobState"];
        };
        /** @description A line that a job said. */
        JobLine: {
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            atMs: number;
            /**
             * Format: int64
             * @description Its number.
             */
            n: number;
            /** @description The line. */
            text: string;
        };
        /** @description A row or a picture that was set aside. */
        JobProblem: {
            /** @description What helps. */
            advice: string;
            /** @description A stable name of the kind of fault; see docs/json.md of the command line. */
            code: string;
            /** @description The id of the product that it would be, if that is known. */
            id: string;
            /**
             * Format: int64
             * @description The line of the feed; 0 if it is not known.
             */
            line: number;
            /**
             * Format: int64
             * @description Its number.
             */
            n: number;
            /** @description The file, or the feed and its line. */
            place: string;
            /** @description The fault, for people. */
            reason: string;
            /** @description The title of that product. */
            title: string;
        };
        /** @description How far a running job is. */
        JobProgress: {
            /**
             * Format: int64
             * @description How much of the step is done.
             */
            done: number;
            /**
             * Format: int64
             * @description How much there is to do; 0 if that is not known.
             */
            of: number;
            /**
             * Format: double
             * @description Things a second, since the step began.
             */
            rate: number;
            /** @description What it does, such as `pictures`. */
            step: string;
        };
        /**
         * @description Where a job is.
         * @enum {string}
         */
        JobState: "waiting" | "running" | "done" | "failed" | "cancelled";
        /** @description A product that somebody keeps or has looked at. */
        Kept: {
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            atMs: number;
            /** @description Its catalogue. */
            catalog: string;
            /** @description Its id. */
            product: string;
        };
        /** @description A key to make. */
        KeyRequest: {
            /** @description The catalogue that it is for, or `*` for all. */
            catalog: string;
            /**
             * Format: int32
             * @description Days after which it ends by itself.
             */
            expiresDays?: number | null;
            /** @description A name to know it by. */
            name?: string;
            /** @description Origins whose pages may show it, such as `https://shop.example`. A key with origins only searches. */
            origins?: string[];
            /**
             * Format: int32
             * @description Requests a minute.
             */
            ratePerMinute?: number | null;
            /** @description What it is for. */
            scopes: components["schemas"]["Scope"][];
        };
        /** @description The keys that were made. */
        KeysMade: {
            /** @description The SHA-256 of the root of trust, which devices that follow the catalogue know it by. */
            rootSha256: string;
        };
        /** @description Signing keys to make. */
        KeysRequest: {
            /** @description What opens them from now on, 10 letters or more; not needed where the server has it in a file. */
            passphrase?: string | null;
        };
        /** @description A kiosk. */
        Kiosk: {
            /** @description Its name. */
            name: string;
            order?: components["schemas"]["GivenOrder"] | null;
            /**
             * Format: int64
             * @description The release that it searches; 0 if it does not say.
             */
            release: number;
            /**
             * Format: int64
             * @description When its last heartbeat came, in milliseconds since 1970.
             */
            seenMs: number;
            /** @description How it is. */
            state: components["schemas"]["KioskState"];
            /** @description The store that it stands in; empty if it does not say. */
            store: string;
            /** @description The version of its program. */
            version: string;
        };
        /** @description A kiosk's heartbeat. Other fields are ignored; what is missing is not known. */
        KioskAlive: {
            /** @description `off`, `starting`, `works` or `away`. */
            camera?: string | null;
            /**
             * Format: int32
             * @description What failed since its program began.
             */
            errors?: number | null;
            /**
             * Format: float
             * @description Pictures that its screen drew each second since the heartbeat before.
             */
            frames_per_second?: number | null;
            /** @description The last of it. */
            last_error?: string | null;
            /** @description The hour of the last visit, in UTC. */
            last_visit_hour?: string | null;
            /**
             * Format: int64
             * @description Memory that its program holds.
             */
            memory_bytes?: number | null;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description When the order was given that it obeyed last, in milliseconds since 1970.
             */
            obeyed_ms?: number | null;
            /**
             * Format: int32
             * @description Products of its catalogue.
             */
            products?: number | null;
            /** @description Why. */
            refused_because?: string | null;
            /**
             * Format: int64
             * @description The same of the order that it refused last.
             */
            refused_ms?: number | null;
            /**
             * Format: int32
             * @description The release that it searches.
             */
            release?: number | null;
            /**
             * Format: int32
             * @description The longest that one of them took.
             */
            slowest_frame_ms?: number | null;
            /** @description The store that it stands in. */
            store?: string | null;
            /**
             * Format: float
             * @description The temperature of its machine.
             */
            temperature_celsius?: number | null;
            /**
             * Format: int64
             * @description Seconds since its program began.
             */
            uptime_seconds?: number | null;
            /** @description The version of its program. */
            version?: string | null;
        };
        /** @description What waits for the kiosk. */
        KioskAnswer: {
            /** @description An order that its retailer signed. */
            order: components["schemas"]["SignedKioskOrder"];
        };
        /** @description How a kiosk is, as its last heartbeat said. What it does not say is null. */
        KioskState: {
            /**
             * @description `off`, `starting`, `works` or `away`.
             * @default null
             */
            camera?: string | null;
            /**
             * Format: int32
             * @description What failed since its program began.
             * @default null
             */
            errors?: number | null;
            /**
             * Format: float
             * @description Pictures that its screen drew each second since the heartbeat before. One, while nobody is there.
             * @default null
             */
            framesPerSecond?: number | null;
            /**
             * @description The last of it.
             * @default null
             */
            lastError?: string | null;
            /**
             * @description The hour of the last visit, in UTC.
             * @default null
             */
            lastVisitHour?: string | null;
            /**
             * Format: int64
             * @description Memory that its program holds.
             * @default null
             */
            memoryBytes?: number | null;
            /**
             * Format: int64
             * @description When the order was given that it obeyed last, in milliseconds since 1970.
             * @default null
             */
            obeyedMs?: number | null;
            /**
             * Format: int32
             * @description Products of its catalogue.
             * @default null
             */
            products?: number | null;
            /**
             * @description Why.
             * @default null
             */
            refusedBecause?: string | null;
            /**
             * Format: int64
             * @description The same of the order that it refused last.
             * @default null
             */
            refusedMs?: number | null;
            /**
             * Format: int32
             * @description The longest that one of them took, in milliseconds.
             * @default null
             */
            slowestFrameMs?: number | null;
            /**
             * Format: float
             * @description The temperature of its machine, in degrees Celsius.
             * @default null
             */
            temperatureCelsius?: number | null;
            /**
             * Format: int64
             * @description Seconds since its program began.
             * @default null
             */
            uptimeSeconds?: number | null;
        };
        /** @description An account, and the token that sets its password once. */
        Link: {
            /** @description The account. */
            account: components["schemas"]["Account"];
            /**
             * Format: int64
             * @description When the token ends, in milliseconds since 1970: after three days for an invitation, after an hour for a password
             *     that was forgotten.
             */
            expiresMs?: number | null;
            /**
             * @description For `POST /api/v1/auth/reset`, or for the page `/admin#/password/{token}`; shown this once. Not there when the
             *     request was sent before: `POST /api/v1/admin/users/{id}/reset` makes another.
             */
            token?: string | null;
        };
        /** @description A product in a list, as it was shown. */
        ListedItem: {
            /** @description The product's id. */
            item_id: string;
            /**
             * Format: int32
             * @description Its place; the first is 1.
             */
            position: number;
        };
        /** @description A version with its document. */
        LiveRules: {
            /** @description The rules and synonyms. */
            document: components["schemas"]["Merchandising"];
            /** @description Which it is. */
            version: components["schemas"]["RulesVersion"];
        };
        /** @description Who is signed in now. */
        LoggedIn: {
            /** @description The account. */
            account: components["schemas"]["Account"];
            tokens?: components["schemas"]["Tokens"] | null;
        };
        /** @description Who signs in, and how the session is to be kept. */
        Login: {
            /** @description The address. */
            email: string;
            /** @description The password. */
            password: string;
            /** @description Answer with tokens for a program, instead of a browser's cookie. */
            tokens?: boolean;
        };
        /** @description A product on a look's picture. */
        LookSpot: {
            /** @description The product's id. */
            product: string;
            /**
             * Format: float
             * @description Where it is, as a share of the width from the left.
             */
            x: number;
            /**
             * Format: float
             * @description Where it is, as a share of the height from the top.
             */
            y: number;
        };
        /** @description A release. */
        MadeRelease: {
            /** @description Who published it. */
            actor: string;
            /**
             * Format: int64
             * @description When it was published, in milliseconds since 1970.
             */
            atMs: number;
            /** @description Whether its content is still here, so that it can be published again. */
            canRollBack: boolean;
            /**
             * Format: int64
             * @description Its number.
             */
            number: number;
            /** @description It in numbers, as `knytt publish --json` says them. */
            summary: Record<string, never>;
        };
        /**
         * @description How near a hit is.
         * @enum {string}
         */
        MatchKind: "exact" | "similar" | "other";
        /** @description Rules and synonyms of one catalogue. */
        Merchandising: {
            /** @description Pictures with products on them. */
            looks?: components["schemas"]["ShopLook"][];
            /** @description Products that others take the place of; each at most once as `product`. */
            replacements?: components["schemas"]["Replacement"][];
            /** @description The rules. Where two of them want the same, the earlier one has it. */
            rules?: components["schemas"]["MerchandisingRule"][];
            /** @description Words that stand for others. */
            synonyms?: components["schemas"]["Synonym"][];
            /**
             * Format: int32
             * @description The version of this schema: 1.
             */
            version: number;
        };
        /** @description One rule. */
        MerchandisingRule: {
            /** @description Unique in the document: lower-case letters, digits, `-` and `_`. */
            id: string;
            /** @description Its name for people. */
            name?: string;
            /** @description Whether it does nothing for now. */
            paused?: boolean;
            /** @description What it does. */
            then: components["schemas"]["RuleAction"][];
            /** @description When it applies; without a condition, always. */
            when?: components["schemas"]["RuleCondition"];
        };
        /** @description An exact amount of money. */
        Money: {
            /** @description A decimal number, as text: a float would round it. */
            amount: string;
            /** @description Three letters of ISO 4217. */
            currency: string;
        };
        /** @description Somebody to tell. */
        NewAlertChannel: {
            /** @description The address of a webhook, or an e-mail address. */
            address: string;
            /** @description Only alerts of this catalogue, and of the server; empty for all. */
            catalog?: string;
            /** @description How. */
            kind: components["schemas"]["AlertChannelKind"];
        };
        /** @description A catalogue to make. */
        NewCatalog: {
            /** @description Its id: lower-case letters, digits, `-` and `_`, at most 64. */
            id: string;
            /** @description How its feeds are read. */
            options?: components["schemas"]["FeedOptions"];
            /** @description Its name for people. */
            title?: string;
        };
        /** @description A draft to store. */
        NewDraft: {
            /** @description The rules and synonyms. */
            document: components["schemas"]["Merchandising"];
            /**
             * Format: int64
             * @description The revision of the draft that it replaces; 0 if there is none.
             */
            revision?: number;
        };
        /** @description An experiment to make. */
        NewExperiment: {
            /** @description The control, which changes nothing, then the variants. */
            arms: components["schemas"]["NewExperimentArm"][];
            /**
             * Format: double
             * @description The share of searches that lead where they should; that of the last 28 days if absent.
             */
            baseline?: number | null;
            /**
             * Format: int32
             * @description After how many days it ends by itself.
             */
            days?: number | null;
            /** @description Merges the rankings of both arms into one list for everybody who takes part. */
            interleaved?: boolean;
            /**
             * Format: double
             * @description The change to be seen, relative to it: 0.05 for 5 %.
             */
            lift: number;
            /** @description What a search is to lead to. */
            metric?: components["schemas"]["ExperimentMetric"];
            /** @description Its name. */
            name: string;
            /**
             * Format: double
             * @description How probable it is to be seen, if it is there; 0.8 if absent.
             */
            power?: number | null;
        };
        /** @description An arm to make. */
        NewExperimentArm: {
            /** @description Its name. */
            name: string;
            /** @description Whether it obeys what the draft of rules and synonyms is now, in place of what all obey. */
            rulesDraft?: boolean;
            /**
             * Format: int32
             * @description Of 10,000 buckets of visitors.
             */
            share: number;
            weights?: components["schemas"]["Weights"] | null;
        };
        /** @description A key that has just been made. Only now is all of it known. */
        NewKey: {
            /** @description What the database keeps. */
            key: components["schemas"]["ApiKey"];
            /** @description What goes into `Authorization: Bearer …`. */
            token: string;
        };
        /** @description Weights to obey. */
        NewRanking: {
            /** @description Why, on one line. */
            note?: string;
            /** @description Each from 0 to 10. One that is not named is the usual one. */
            weights: components["schemas"]["Weights"];
        };
        /** @description A product that somebody keeps or looked at. */
        Noted: {
            /**
             * Format: int64
             * @description When, in milliseconds since 1970, for what a device did before it could say so; now if absent. A later moment
             *     than now is now.
             */
            atMs?: number | null;
            /** @description Its catalogue. */
            catalog: string;
            /** @description Its id. */
            product: string;
        };
        /** @description An order, as the shop's server knows it. */
        Order: {
            /** @description `knytt_ref` of the link by which the shopper came, if there was one. */
            attribution?: string | null;
            /** @description The catalogue; needed only where several are searched. */
            catalog?: string | null;
            /** @description The currency of all values: three letters of ISO 4217. */
            currency?: string | null;
            /** @description What was bought. */
            items: components["schemas"]["OrderItem"][];
            /** @description The shop's id of the order. An order that comes again counts once. */
            orderId: string;
            /** @description What it cost altogether: a decimal number as text. */
            value?: string | null;
        };
        /** @description A product of an order. */
        OrderItem: {
            /** @description The product's id. */
            itemId: string;
            /**
             * Format: int32
             * @description How many; one if absent.
             */
            quantity?: number | null;
            /** @description What they cost together: a decimal number as text. */
            value?: string | null;
        };
        /** @description What became of an order. */
        OrderOutcome: {
            /** @description Whether it was known before, and nothing was counted. */
            isRepeated: boolean;
            /**
             * Format: uuid
             * @description The search that led to it, if its attribution is valid.
             */
            queryId?: string | null;
        };
        /**
         * @description Whether the pages that this backend serves tell it what shoppers choose.
         * @enum {string}
         */
        PageFeedback: "ask" | "on" | "off";
        /** @description A new password. */
        PasswordChange: {
            /** @description The password from now on. */
            new: string;
            /** @description The password until now. */
            old: string;
        };
        /** @description Products to choose from. */
        PickList: {
            /** @description At most twelve. */
            products: components["schemas"]["Card"][];
        };
        /** @description What shoppers find now, and what they would find. */
        Preview: {
            /** @description With the others. */
            draft: components["schemas"]["SearchResponse"];
            /** @description With the rules that are obeyed. */
            live: components["schemas"]["SearchResponse"];
        };
        /** @description A search to compare. */
        PreviewRequest: {
            /** @description The rules and synonyms to compare with those that are obeyed. */
            document: components["schemas"]["Merchandising"];
            /** @description The search: words, filters, a product; no picture. */
            search?: components["schemas"]["SearchBody"];
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
            /** @description Whether its category was guessed from the pictures of like products, since the feed names none. */
            isCategoryGuessed: boolean;
            /** @description The shop's pictures that it is on. */
            looks?: components["schemas"]["ShownLook"][];
            /** @description The same article in other colours. */
            otherColors: components["schemas"]["Card"][];
            /** @description Its pattern, in English, if it was seen and the feed does not say. */
            pattern?: string | null;
            /** @description The numbers of its further pictures, in their order. */
            pictures?: number[];
            replacedBy?: components["schemas"]["Card"] | null;
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
        /** @description A publication to make. */
        PublishRequest: {
            /** @description What opens the signing keys; not needed where the server has it in a file. */
            passphrase?: string | null;
        };
        /** @description A draft to publish. */
        PublishRules: {
            /** @description Why, on one line. */
            note?: string;
            /**
             * Format: int64
             * @description The revision that was looked at.
             */
            revision: number;
        };
        /**
         * @description How a shopper asked.
         * @enum {string}
         */
        QueryKind: "words" | "image" | "both" | "similar" | "camera";
        /** @description How a catalogue ranks. */
        RankingState: {
            /** @description The versions, the newest first; none where the catalogue's own weights are obeyed. */
            versions: components["schemas"]["RankingVersion"][];
            /** @description The weights that searches obey. */
            weights: components["schemas"]["Weights"];
        };
        /** @description A version of the weights. */
        RankingVersion: {
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            atMs: number;
            /** @description Who made it: their address, or the id of one who is gone. */
            author: string;
            /** @description Why, in their words. */
            note: string;
            /**
             * Format: int64
             * @description Its number, from 1.
             */
            number: number;
            /** @description How hits are ranked. */
            weights: components["schemas"]["Weights"];
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
             * @description What the shop's rules add; less than zero if they bury it.
             */
            rules?: number | null;
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
        /** @description For whom. */
        RecommendBody: {
            /**
             * @description The catalogue; needed only where several are served.
             * @default null
             */
            catalog?: string | null;
            /**
             * @description What the shopper likes: favourites, products looked at before. They are used for this answer and not kept.
             * @default []
             */
            history?: string[];
            /**
             * @description The shopper's language, such as `en`, for rules of one language.
             * @default null
             */
            language?: string | null;
            /**
             * Format: int32
             * @description Products at most.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Products to go on from: those of a basket, or the one that is looked at.
             * @default []
             */
            products?: string[];
        };
        /** @description A product that may be liked. */
        Recommended: {
            /** @description The product. */
            card: components["schemas"]["Card"];
            /** @description Why it is named. */
            why: components["schemas"]["Why"];
        };
        /** @description What renews a session of tokens. */
        Refresh: {
            /** @description The refresh token of the answer before. */
            refreshToken: string;
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
        /** @description A new account. */
        Registration: {
            /** @description The address to sign in with. */
            email: string;
            /** @description What to be called. */
            name?: string;
            /** @description The password. */
            password: string;
        };
        /** @description An event that was not taken. */
        Rejected: {
            /**
             * Format: uuid
             * @description The event's id.
             */
            id: string;
            /** @description What is wrong with it. */
            reason: string;
        };
        /** @description One product that takes the place of another. */
        Replacement: {
            /** @description Whether it does so also while the product can be bought; otherwise only while it is sold out. */
            always?: boolean;
            /** @description The id of the product that takes its place. It may be replaced itself. */
            by: string;
            /** @description The id of the product that is replaced. */
            product: string;
        };
        /** @description A password set by a link. */
        Reset: {
            /** @description The password from now on. */
            password: string;
            /** @description The link's token. */
            token: string;
        };
        /**
         * @description What somebody with an account is. [`policy`](super::policy) says what each may do.
         * @enum {string}
         */
        Role: "shopper" | "analyst" | "merchandiser" | "publisher" | "admin";
        /** @description A version to go back to. */
        RollBackRules: {
            /** @description Why, on one line. */
            note?: string;
            /**
             * Format: int64
             * @description Its number.
             */
            number: number;
        };
        /** @description A release to go back to. */
        RollbackRequest: {
            /** @description What opens the signing keys; not needed where the server has it in a file. */
            passphrase?: string | null;
            /**
             * Format: int64
             * @description Its number.
             */
            release: number;
        };
        /** @description What a rule does. */
        RuleAction: {
            /** @enum {string} */
            kind: "pin";
            /**
             * Format: int32
             * @description The place, from 1.
             */
            place: number;
            /** @description The product's id. */
            product: string;
        } | {
            /**
             * Format: float
             * @description What is added to their scores, which are about 1 for a good hit.
             */
            by: number;
            /** @enum {string} */
            kind: "boost";
            /** @description Which products. */
            what: components["schemas"]["Selection"];
        } | {
            /**
             * Format: float
             * @description What is taken from their scores.
             */
            by: number;
            /** @enum {string} */
            kind: "bury";
            /** @description Which products. */
            what: components["schemas"]["Selection"];
        } | {
            /** @enum {string} */
            kind: "hide";
            /** @description Which products. */
            what: components["schemas"]["Selection"];
        } | {
            /** @enum {string} */
            kind: "banner";
            /** @description The text, on one line. */
            text: string;
        } | {
            /** @description As `knytt search --filter` takes them, such as `brand=acme` or `price=..50`. */
            conditions: string[];
            /** @enum {string} */
            kind: "filter";
        } | {
            /** @description Its address, `http` or `https`, on a host that products may lead to. */
            address: string;
            /** @enum {string} */
            kind: "redirect";
        };
        /** @description When a rule applies: if all of the conditions that are given hold. */
        RuleCondition: {
            /** @description The category that hits are filtered by. */
            category?: string | null;
            /**
             * Format: int64
             * @description From this moment on, in milliseconds since 1970 (UTC).
             */
            fromMs?: number | null;
            /** @description The shopper's language, as two or three letters. */
            language?: string | null;
            query?: components["schemas"]["RuleQuery"] | null;
            /**
             * Format: int64
             * @description Before this moment, in milliseconds since 1970 (UTC).
             */
            untilMs?: number | null;
        };
        /**
         * @description What a rule can do to a hit.
         * @enum {string}
         */
        RuleDid: "pinned" | "boosted" | "buried";
        /** @description What a rule of the shop did to a hit. */
        RuleEffect: {
            /** @description What it did. */
            did: components["schemas"]["RuleDid"];
            /** @description The rule. */
            rule: components["schemas"]["RuleName"];
        };
        /** @description Names a rule of the shop. */
        RuleName: {
            /** @description Its id. */
            id: string;
            /** @description Its name for people; empty if it has none. */
            name: string;
        };
        /** @description A condition on the typed words. Case, accents and plurals do not matter. */
        RuleQuery: {
            /** @enum {string} */
            kind: "exact";
            /** @description At most ten words. */
            words: string;
        } | {
            /** @enum {string} */
            kind: "contains";
            /** @description At most ten words. */
            words: string;
        };
        /** @description What is being worked on. */
        RulesDraft: {
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            atMs: number;
            /** @description Who changed it last. */
            author: string;
            /** @description The rules and synonyms. */
            document: components["schemas"]["Merchandising"];
            /**
             * Format: int64
             * @description Changes with each change of the draft.
             */
            revision: number;
        };
        /** @description The rules and synonyms of a catalogue. */
        RulesState: {
            draft?: components["schemas"]["RulesDraft"] | null;
            /** @description What searches obey. */
            live: components["schemas"]["LiveRules"];
        };
        /** @description A version of the rules and synonyms. */
        RulesVersion: {
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            atMs: number;
            /** @description Who published it: their address, or the id of one who is gone. */
            author: string;
            /** @description Why, in their words. */
            note: string;
            /**
             * Format: int64
             * @description Its number, from 1; 0 for what the catalogue came with.
             */
            number: number;
            /**
             * Format: int64
             * @description The version that it repeats; 0 if it repeats none.
             */
            ofNumber: number;
        };
        /**
         * @description What a key lets its holder do.
         * @enum {string}
         */
        Scope: "publish" | "delete" | "report" | "orders" | "search" | "admin";
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
             * @description Says which of the shop's rules apply and what they did to each hit. For staff; it changes no order.
             * @default false
             */
            explain?: boolean;
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
             * @description The address of a picture, from one of the hosts that the shop allows, instead of the file.
             * @default null
             */
            imageUrl?: string | null;
            /**
             * @description The shopper's language, such as `en` or `en-GB`, for rules and synonyms of one language.
             * @default null
             */
            language?: string | null;
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
             * @description A name for who searches, such as a random one that a page keeps: in an experiment the same name has the same
             *     settings. Without one, those of the same address have them. It is not stored.
             * @default null
             */
            visitor?: string | null;
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
            /** @description What ties feedback to this answer, for a day: events that carry it rank products. */
            feedbackToken: string;
            guided?: components["schemas"]["Guided"] | null;
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
        /** @description What came back. */
        SearchResponse: {
            /** @description What can be filtered by, with counts under the present filters. */
            facets: components["schemas"]["Facet"][];
            guided?: components["schemas"]["Guided"] | null;
            /** @description In the order asked for. */
            hits: components["schemas"]["Hit"][];
            /**
             * Format: int32
             * @description How many products pass the filters.
             */
            matched: number;
            priceBounds?: components["schemas"]["PriceBounds"] | null;
            /**
             * Format: int32
             * @description [`SearchRequest::ticket`].
             */
            ticket: number;
            /** @description How long it took. */
            timings: components["schemas"]["Timings"];
            /** @description How the words were read. */
            understood: components["schemas"]["Understood"];
            /** @description What to make of the hits. */
            verdict: components["schemas"]["Verdict"];
        };
        /** @description A catalogue that is searched here. */
        Searched: {
            /** @description Whether pages tell what shoppers choose. */
            feedback: components["schemas"]["PageFeedback"];
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
        /** @description Products that are seen on a picture. */
        SeenSpots: {
            /** @description The middle of each part, with the product that is nearest to it; each product once. */
            spots: components["schemas"]["ShownSpot"][];
        };
        /** @description Products: those that are named, and those that meet all of the conditions. */
        Selection: {
            /** @description As `knytt search --filter` takes them. */
            conditions?: string[];
            /** @description Ids. */
            products?: string[];
        };
        /** @description A session as its owner sees it. */
        SessionEntry: {
            /** @description What the client called itself. */
            agent: string;
            /**
             * Format: int64
             * @description When it began, in milliseconds since 1970.
             */
            createdMs: number;
            /** @description Whether this request came with it. */
            current: boolean;
            /**
             * Format: int64
             * @description When it ends by itself.
             */
            expiresMs: number;
            /** @description Its id. */
            id: string;
            /** @description `browser` or `tokens`. */
            kind: string;
            /**
             * Format: int64
             * @description When it was last used, to the minute.
             */
            usedMs: number;
        };
        /** @description A colour of a product. */
        Shade: {
            /** @description Its tone as it was measured: `#rrggbb`. */
            hex: string;
            /** @description A name of the palette, in English. */
            name: string;
        };
        /** @description An arm to make the setting of all. */
        ShipArm: {
            /**
             * Format: int32
             * @description The number of a variant among the arms, from 1.
             */
            arm: number;
        };
        /** @description A picture with products on it. */
        ShopLook: {
            /** @description Unique among looks: lower-case letters, digits, `-` and `_`. */
            id: string;
            /** @description A JPEG of at most 96 KiB whose sides have 64 to 1024 pixels, as base64. */
            picture: string;
            /** @description The products on it. */
            spots: components["schemas"]["LookSpot"][];
            /** @description What shoppers read above it; may be empty. */
            title?: string;
        };
        /** @description A picture with products on it, as it is shown. */
        ShownLook: {
            /**
             * Format: int32
             * @description Pixels of the picture.
             */
            height: number;
            /** @description What its picture is asked for by. */
            id: string;
            /** @description The products on it; at least one. */
            spots: components["schemas"]["ShownSpot"][];
            /** @description What stands above it; may be empty. */
            title: string;
            /** @description Another one for another picture. */
            version: string;
            /**
             * Format: int32
             * @description Pixels of the picture.
             */
            width: number;
        };
        /** @description A product on a look's picture. */
        ShownSpot: {
            /** @description The product. */
            card: components["schemas"]["Card"];
            /**
             * Format: float
             * @description Where it is, as a share of the width from the left.
             */
            x: number;
            /**
             * Format: float
             * @description Where it is, as a share of the height from the top.
             */
            y: number;
        };
        /** @description An order with its signature, as servers hand it on. */
        SignedKioskOrder: {
            /** @description The order, as JSON. */
            order: string;
            /** @description The Ed25519 signature, 128 hexadecimal digits. */
            signature: string;
        };
        /**
         * @description In what order hits come.
         * @enum {string}
         */
        Sort: "match" | "price_up" | "price_down";
        /** @description Where a feed is, and how often it is fetched. */
        SourceRequest: {
            /**
             * Format: int32
             * @description Every so many minutes, 5 or more; 0: only when somebody asks for it.
             */
            everyMinutes?: number;
            /** @description Its address, on one of the hosts of `--feed-hosts`. */
            url: string;
        };
        /** @description What changes of an account. */
        Standing: {
            /** @description Whether the account is closed. */
            disabled?: boolean | null;
            role?: components["schemas"]["Role"] | null;
        };
        /** @description Completions of what was typed. */
        Suggested: {
            /** @description Brands with a word that begins like it. */
            brands: components["schemas"]["FacetValue"][];
            /** @description Categories with a word that begins like it. */
            categories: components["schemas"]["FacetValue"][];
            /** @description Products that match it, best first. */
            products: components["schemas"]["Card"][];
            /**
             * @description Words that five visitors or more searched for, which found something, and which begin like it or have a word
             *     that does.
             */
            queries: string[];
        };
        /** @description Words that stand for others. What is typed is searched for, and what it stands for, too. */
        Synonym: {
            /** @enum {string} */
            kind: "both";
            /** @description Only for shoppers of this language, as two or three letters. */
            language?: string | null;
            /** @description Two or more. */
            words: string[];
        } | {
            /** @description What is typed. */
            from: string;
            /** @enum {string} */
            kind: "one";
            /** @description Only for shoppers of this language, as two or three letters. */
            language?: string | null;
            /** @description What it stands for; one or more. */
            to: string[];
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
        /** @description What a program signs in with. */
        Tokens: {
            /** @description Goes into `Authorization: Bearer …`. */
            accessToken: string;
            /**
             * Format: int64
             * @description Seconds for which the access token is good.
             */
            expiresInSecs: number;
            /** @description Good once, for the next two tokens. */
            refreshToken: string;
        };
        /** @description How words were read. */
        Understood: {
            /** @description What was read out of the words that were typed, in their order. */
            chips: components["schemas"]["Chip"][];
            /**
             * @description Whether only the products' texts were searched for the words: the catalogue's model knows pictures only. Absent
             *     if not.
             */
            texts_only?: boolean;
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
        /**
         * @description The weights of a score's parts. A catalogue may carry its own; a part of weight 0 is not computed.
         *
         *     Each part is between 0 and 1 (or −1 and 1 where it can speak against a product) before its weight.
         *     What the defaults are worth is measured in `docs/relevance.md`.
         */
        Weights: {
            /**
             * Format: float
             * @description The same brand as the product that hits should be like.
             * @default 0.029999999329447746
             */
            brand?: number;
            /**
             * Format: float
             * @description The category that most of the nearest products have.
             * @default 0.10000000149011612
             */
            category?: number;
            /**
             * Format: float
             * @description Similar colours.
             * @default 0.11999999731779099
             */
            color?: number;
            /**
             * Format: float
             * @description How much a hit loses for being like the hits above it.
             * @default 0
             */
            diversity?: number;
            /**
             * Format: float
             * @description New in the shop. Off unless the catalogue says otherwise: nothing measured speaks for it.
             * @default 0
             */
            freshness?: number;
            /**
             * Format: float
             * @description The same thing from any side, by its instance embedding; 0 where the bundle gives none.
             * @default 0.6000000238418579
             */
            identity?: number;
            /**
             * Format: float
             * @description The same picture, or a part of it, by its template.
             * @default 0.10000000149011612
             */
            likeness?: number;
            /**
             * Format: float
             * @description The same pattern.
             * @default 0.019999999552965164
             */
            pattern?: number;
            /**
             * Format: float
             * @description The shopper's own taste.
             * @default 0.30000001192092896
             */
            personal?: number;
            /**
             * Format: float
             * @description Popularity; 0 where the release has no counts.
             * @default 0.029999999329447746
             */
            popularity?: number;
            /**
             * Format: float
             * @description A price near to that of the product that hits should be like.
             * @default 0.029999999329447746
             */
            price?: number;
            /**
             * Format: float
             * @description Similarity in the model's space, on the catalogue's scale.
             * @default 1
             */
            visual?: number;
            /**
             * Format: float
             * @description The words of the query in the product's texts.
             * @default 0.800000011920929
             */
            words?: number;
        };
        /**
         * @description Why a product is named.
         * @enum {string}
         */
        Why: "alike" | "also_viewed" | "trending" | "in_the_shop";
        /**
         * @description Over how many days.
         * @enum {string}
         */
        Window: "day" | "week" | "month";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    alert_channels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertChannel"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    create_alert_channel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAlertChannel"];
            };
        };
        responses: {
            /** @description The channel, with its secret */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertChannelMade"];
                };
            };
            /** @description `bad_request`: no address, or one that may not be asked */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many`: 50 channels; `no_mail`: no mail server is set */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    remove_alert_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The channel's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone, with what it was still to be told */
            204: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    alert_deliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The channel's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 20 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertDelivery"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    test_alert_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The channel's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is told within seconds; `deliveries` says how that ended */
            202: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    alert_rules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRule"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    create_alert_rule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertTerms"];
            };
        };
        responses: {
            /** @description The rule */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many`: 500 rules */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    replace_alert_rule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The rule's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertTerms"];
            };
        };
        responses: {
            /** @description The rule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    remove_alert_rule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The rule's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `usual_rule`: turn it off */
            409: {
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
    alerts: {
        parameters: {
            query?: {
                /** @description Only those that are open. */
                open?: boolean;
                /** @description Only those that are older than the alert of this id. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 50 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"][];
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    acknowledge_alert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alert's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Acknowledgement"];
            };
        };
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `acknowledged`: somebody did before */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    audit_log: {
        parameters: {
            query?: {
                /** @description The last id of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 entries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntry"][];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    admin_catalogs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogEntry"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    make_catalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCatalog"];
            };
        };
        responses: {
            /** @description It */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogEntry"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_there`: there is one of this id; `no_workers`: this replica does no jobs */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    admin_catalog: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogEntry"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    catalog_difference: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is searched here, compared with the last release */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Difference"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing_built` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
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
    experiments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    create_experiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewExperiment"];
            };
        };
        responses: {
            /** @description A draft */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_draft`: an arm is to obey the draft of rules, and there is none */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `experiment_refused`: something is out of its bounds; the detail names it */
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
    experiment_power: {
        parameters: {
            query: {
                /** @description What a search is to lead to: `clicked` (a product) if absent, `carted`, `purchased`. */
                metric?: "clicked" | "carted" | "purchased";
                /** @description The share of searches that lead where they should; that of the last 28 days if absent. */
                baseline?: number;
                /** @description The change to be seen, relative to it. */
                lift: number;
                /** @description How probable it is to be seen, if it is there; 0.8 if absent. */
                power?: number;
                /** @description Variants beside the control; 1 if absent. */
                variants?: number;
                /** @description Whether two rankings are merged into one list. */
                interleaved?: boolean;
                /** @description The smallest share of the arms, of 10,000 buckets of visitors; 5,000 if absent. */
                share?: number;
            };
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Searches, and how long they take to come */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentPower"];
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `experiment_refused`: something is out of its bounds; the detail names it */
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
    experiment_results: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
                /** @description The experiment's id */
                experiment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts of each arm, intervals, and what must not become worse */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentResults"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or no such experiment */
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
    remove_experiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
                /** @description The experiment's id */
                experiment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or no such experiment */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `experiment_state`: it was started */
            409: {
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
    ship_experiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
                /** @description The experiment's id */
                experiment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShipArm"];
            };
        };
        responses: {
            /** @description All search with it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, experiment, or variant */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `experiment_state`: it was not started, or an arm was shipped before; `busy`: another version came at the same moment */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    start_experiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
                /** @description The experiment's id */
                experiment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or no such experiment */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `experiment_state`: it was started before; `another_runs` */
            409: {
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
    stop_experiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
                /** @description The experiment's id */
                experiment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or no such experiment */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `experiment_state`: it does not run */
            409: {
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
    upload_feed: {
        parameters: {
            query?: {
                /** @description Whether much may be deleted that the feed does not have any more. */
                allowDeletes?: boolean;
            };
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": number[];
            };
        };
        responses: {
            /** @description The job that reads it */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description `bad_request`, `body_incomplete` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_slow` */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many`: other feeds of this catalogue wait */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`: another replica has this catalogue; `not_made_here`: it is only searched here */
            421: {
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
            /** @description `disk_full` */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fetch_feed: {
        parameters: {
            query?: {
                /** @description Whether much may be deleted that the feed does not have any more. */
                allowDeletes?: boolean;
            };
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job that fetches and reads it */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_source`: it has no address; `too_many`: other feeds wait */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
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
    set_feed_options: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedOptions"];
            };
        };
        responses: {
            /** @description The next feed is read so */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
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
    publish_catalog: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishRequest"];
            };
        };
        responses: {
            /** @description The job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description `bad_request`: a passphrase is needed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing_built`, `no_keys`, `in_progress` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password_refused`: no passphrase is so short */
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
    catalog_ranking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 versions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RankingState"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    set_ranking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRanking"];
            };
        };
        responses: {
            /** @description They are obeyed */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RankingState"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: another version came at the same moment */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    refresh_catalog: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishRequest"];
            };
        };
        responses: {
            /** @description The job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description `bad_request`: a passphrase is needed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or nothing is published */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_keys`, `in_progress` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password_refused`: no passphrase is so short */
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
    catalog_releases: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeRelease"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_made_here` */
            421: {
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
    roll_back_catalog: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackRequest"];
            };
        };
        responses: {
            /** @description The job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description `bad_request`: a passphrase is needed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or its content is not kept any more */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing_built`, `no_keys`, `in_progress` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password_refused`: no passphrase is so short */
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
    catalog_rules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulesState"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    set_rules_draft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDraft"];
            };
        };
        responses: {
            /** @description It, with its new revision */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulesDraft"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `draft_changed`: the draft has another revision */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rules_refused`: something is out of its bounds; the detail names it */
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
    discard_rules_draft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is none any more */
            204: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or no draft */
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
    preview_rules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description At most 24 hits of each, with what rules did to them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_searched`: no feed of the catalogue was built */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`: another replica has this catalogue */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rules_refused`: something is out of its bounds; the detail names it */
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
    pick_products: {
        parameters: {
            query?: {
                /** @description Words, or the beginning of an id. */
                q?: string;
                /** @description The id of a product that others may replace: the most alike of its category that can be bought. */
                instead?: string;
            };
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Found by words, alike and in stock, or sold out */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PickList"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or no such product */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_searched`: no feed of the catalogue was built */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`: another replica has this catalogue */
            421: {
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
    publish_rules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishRules"];
            };
        };
        responses: {
            /** @description The new version */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulesVersion"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `draft_changed`: there is no draft of this revision */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    roll_back_rules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBackRules"];
            };
        };
        responses: {
            /** @description The new version */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulesVersion"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such catalogue, or no such version */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: another version came at the same moment */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    find_look_spots: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/*": number[];
            };
        };
        responses: {
            /** @description At most six; none if nothing stands out */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeenSpots"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_searched`: no feed of the catalogue was built */
            409: {
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
            /** @description `elsewhere`: another replica has this catalogue */
            421: {
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
    rules_versions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulesVersion"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    rules_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
                /** @description The version's number */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveRules"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    make_signing_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeysRequest"];
            };
        };
        responses: {
            /** @description They are here */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysMade"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_there`: keys lie here */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password_refused`: the passphrase is too short */
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
    set_feed_source: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceRequest"];
            };
        };
        responses: {
            /** @description It is fetched from there */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`, `address_refused` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
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
    remove_feed_source: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The catalogue's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is not fetched */
            204: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `elsewhere`, `not_made_here` */
            421: {
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
    jobs: {
        parameters: {
            query?: {
                /** @description Only those of this catalogue. */
                catalog?: string;
                /** @description Only those that are older than the job of this id. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 50 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"][];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It ends soon, or has ended now */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `has_ended` */
            409: {
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
    job_lines: {
        parameters: {
            query?: {
                /** @description Only those after the line of this number. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The job's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 500 lines, in their order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobLine"][];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    job_problems: {
        parameters: {
            query?: {
                /** @description Only those of this kind. */
                code?: string;
                /** @description Only those with this text in their place, id, title or reason. */
                q?: string;
                /** @description Only those after the one of this number. */
                after?: number;
                /** @description `csv`: all that are wanted, as a table. */
                format?: string;
            };
            header?: never;
            path: {
                /** @description The job's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100; all of them as a table */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobProblem"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent twice, it is done once */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description The key */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_made`: its secret was shown the first time; `in_progress`: the same request is under way */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
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
    revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked */
            204: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    kiosks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them, by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kiosk"][];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    remove_kiosk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kiosk's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten, until its next heartbeat */
            204: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    order_kiosk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kiosk's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignedKioskOrder"];
            };
        };
        responses: {
            /** @description It waits */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: it is no order, or one of another kiosk */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    take_back_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kiosk's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description None waits */
            204: {
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    stats: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightSummary"];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_catalogs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their ids */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_changes: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Shares, that which changed most first; at most 40 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightChange"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_days: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each day, the first one first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightDay"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_drift: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ways in, that which changed most first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightDrift"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_embeddings: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Words, pictures, and states of the catalogue, the newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightEmbeddings"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_products: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
                /** @description Which words; those that were asked most if absent. */
                list?: components["schemas"]["InsightQueryList"];
                /** @description Rows at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Products, those with the most events first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightProduct"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_queries: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
                /** @description Which words; those that were asked most if absent. */
                list?: components["schemas"]["InsightQueryList"];
                /** @description Rows at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Words, those of the most weight first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightQuery"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_releases: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each release that was searched, the newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightRelease"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_service: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Times, refusals, caches, the index */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightService"];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    stats_ways: {
        parameters: {
            query: {
                /** @description The catalogue. */
                catalog: string;
                /** @description Days of the window; 28 if absent. */
                days?: number;
                /** @description Its last day, as 2026-11-29 in UTC; today if absent. */
                to?: string;
                /** @description Only this release. */
                release?: number;
                /** @description `csv`: a table for spreadsheets. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each way in, the one that was used most first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightWay"][];
                    "text/csv": string;
                };
            };
            /** @description `bad_request`, `bad_query` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    users: {
        parameters: {
            query?: {
                /** @description The last id of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"][];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed` */
            403: {
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
    invite: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent twice, it is done once */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invitation"];
            };
        };
        responses: {
            /** @description The account, and a token to set its password */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_there`: the address has an account; `in_progress`: the same request is under way */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
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
    change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Standing"];
            };
        };
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_admin` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    reset_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, and the token */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
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
            /** @description `not_signed_in`, `token_invalid`, `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_allowed`, `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
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
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedIn"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_login`, for addresses with and without an account */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts` */
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
            /** @description `busy` */
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
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out */
            204: {
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
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
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
    erase: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Erasure"];
            };
        };
        responses: {
            /** @description Erased */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `wrong_login` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_admin` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts` */
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
            /** @description `busy` */
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
    password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Changed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid`, `wrong_login` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password_refused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts` */
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
            /** @description `busy` */
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
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description The next tokens */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description Sign in now; if that fails, the address had an account */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password_refused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts` */
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
            /** @description `busy` */
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
    reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reset"];
            };
        };
        responses: {
            /** @description Set; sign in now */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password_refused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts` */
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
            /** @description `busy` */
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
    feedback: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 100 characters; the body's hash if absent */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Feedback"];
            };
        };
        responses: {
            /** @description They are on the disk */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackOutcome"];
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `body_too_large`, `too_many_events` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused` */
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
            /** @description `disk_reserve`: the disk is almost full */
            507: {
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
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs; `address_refused` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `picture_unreachable`: the host of `imageUrl` does not give it */
            502: {
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
    kiosk_alive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KioskAlive"];
            };
        };
        responses: {
            /** @description It is noted, and an order waits */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KioskAnswer"];
                };
            };
            /** @description It is noted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`: the key is not for searching, or for pages */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many`: 2,000 kiosks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    looks: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
                /** @description The shopper's language, such as `en`, for rules of one language. */
                language?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of which something can be shown */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownLook"][];
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: there is none of this id, or nothing of it to show; `catalog_unknown` */
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
    look_picture: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
                /** @description The shopper's language, such as `en`, for rules of one language. */
                language?: string;
            };
            header?: never;
            path: {
                /** @description The look's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JPEG */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": number[];
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: there is none of this id, or nothing of it to show; `catalog_unknown` */
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
    export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
    favourites: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept"][];
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
    add_favourite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Noted"];
            };
        };
        responses: {
            /** @description It is kept */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many`: 1,000 are kept */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    remove_favourite: {
        parameters: {
            query: {
                /** @description Its catalogue. */
                catalog: string;
                /** @description Its id. */
                product: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is not kept any more */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: it was not kept */
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
    history: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept"][];
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
    add_history: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Noted"];
            };
        };
        responses: {
            /** @description It is remembered; of more than 1,000 the oldest is forgotten */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    clear_history: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Forgotten */
            204: {
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
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
    sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionEntry"][];
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended */
            204: {
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such session, or not yours */
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
    taste: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: none is stored */
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
    set_taste: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Stored */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: no object */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: more than 64 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_json` */
            415: {
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
    clear_taste: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Forgotten */
            204: {
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
            /** @description `not_signed_in`, `token_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site` */
            403: {
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
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs; `address_refused` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `picture_unreachable`: the host of `imageUrl` does not give it */
            502: {
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
    order: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Order"];
            };
        };
        responses: {
            /** @description It is on the disk, from now on or from before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderOutcome"];
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
            /** @description `key_invalid` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed` */
            403: {
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
            /** @description `order_changed`: another order has this id */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
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
            /** @description `disk_reserve`: the disk is almost full */
            507: {
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
                /** @description The shopper's language, such as `en`, for rules of one language. */
                language?: string;
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: there is none of this id, or nothing of it to show; `catalog_unknown` */
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
    also_viewed: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
                /** @description Products at most. */
                limit?: number;
                /** @description The shopper's language, such as `en`, for rules of one language. */
                language?: string;
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
            /** @description Products, those of the most visits first */
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
                /** @description The shopper's language, such as `en`, for rules of one language. */
                language?: string;
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: there is none of this id, or nothing of it to show; `catalog_unknown` */
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
                /** @description The shopper's language, such as `en`, for rules of one language. */
                language?: string;
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: there is none of this id, or nothing of it to show; `catalog_unknown` */
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
                /** @description Which of the product's pictures: the number of a further one; its own if absent. */
                number?: number;
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: there is none of this id, or nothing of it to show; `catalog_unknown` */
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
    to_shop: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
                /**
                 * @description `feedbackToken` of the answer that the product was in. It goes to the shop as `knytt_ref`, which the shop
                 *     sends back with the order.
                 */
                token?: string;
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
            /** @description The address is in Location */
            302: {
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such product, or the shop gives no page for it; `catalog_unknown` */
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
    recommend: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecommendBody"];
            };
        };
        responses: {
            /** @description Products, best first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recommended"][];
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `body_too_large` */
            413: {
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs; `address_refused` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `picture_unreachable`: the host of `imageUrl` does not give it */
            502: {
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
                /** @description The shopper's language, such as `en`, for rules of one language. */
                language?: string;
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
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs; `address_refused` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `picture_unreachable`: the host of `imageUrl` does not give it */
            502: {
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
                /** @description The shopper's language, such as `en`, for rules and synonyms of one. */
                language?: string;
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `bad_query`: out of its bounds, not readable, or without what this route needs; `address_refused` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
            /** @description `picture_unreachable`: the host of `imageUrl` does not give it */
            502: {
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
    trending: {
        parameters: {
            query?: {
                /** @description The catalogue; needed only where several are served. */
                catalog?: string;
                /** @description Only products of this category. */
                category?: string;
                /** @description Over how many days; a week if absent. */
                window?: components["schemas"]["Window"];
                /** @description Products at most. */
                limit?: number;
                /** @description The shopper's language, such as `en`, for rules of one language. */
                language?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Products, the most wanted first; none where nothing is known */
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
            /** @description `key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page */
            403: {
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
}
