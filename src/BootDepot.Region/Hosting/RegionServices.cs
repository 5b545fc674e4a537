using System;
using System.Collections.Immutable;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Settings;
using BootDepot.DiskImages.Conversions;
using BootDepot.Region.Api.Accounts;
using BootDepot.Region.Api.Boots;
using BootDepot.Region.Api.BootResources;
using BootDepot.Region.Api.BootSources;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Description;
using BootDepot.Region.Api.Events;
using BootDepot.Region.Api.Images;
using BootDepot.Region.Api.NodeGroups;
using BootDepot.Region.Api.Racks;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Api.Sessions;
using BootDepot.Region.Api.Settings;
using BootDepot.Region.Api.Uploads;
using BootDepot.Region.Api.Users;
using BootDepot.Region.Api.Versions;
using BootDepot.Region.Auth;
using BootDepot.Region.Imports;
using BootDepot.Region.Changes;
using BootDepot.Region.Racks;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Live;
using BootDepot.Region.Overview;
using BootDepot.Region.Resources;
using BootDepot.Region.Sessions;
using BootDepot.Region.Settings;
using BootDepot.Region.Sources;
using BootDepot.Region.Uploads;
using BootDepot.Region.Uploads.Conversions;
using BootDepot.Region.Uploads.Tus;
using BootDepot.Region.Peers;
using BootDepot.Region.Publishing;
using BootDepot.Region.Publishing.Views;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Region.Hosting;

/// <summary>What a region is made of. One method per capability.</summary>
internal static class RegionServices
{
    /// <summary>Adds everything.</summary>
    public static void AddRegion(this IServiceCollection services, RegionOptions options)
    {
        if (options.Tls is { } tls)
            services.AddSingleton(p => ActivatorUtilities.CreateInstance<TlsCertificate>(p, tls));
        var data = new DataFolder(options.DataDirectory);
        services.AddSingleton(options);
        services.AddSingleton(data);
        services.AddSingleton(options.Time);
        services.AddSingleton<RegionIdentity>();
        services.AddSingleton<ChangeSignal>();
        services.AddStorage(options, data);
        services.AddSingleton(s => new SettingsStore(
            s.GetRequiredService<CatalogDatabase>(), options.Time,
            new RegionSettings { MaasName = Environment.MachineName }, ReleaseRules.CheckAsync));
        services.AddAuth();
        services.AddSources();
        services.AddRacks();
        services.AddUploads(options.Conversions, data);
        services.AddApi(data);
        services.AddStream(options, data);
        services.AddImports(options.Imports);
        services.AddLifetimes();
        services.AddHostedService<OfferRefresh>();
        if (options.AutoImport)
            services.AddHostedService<ImportSchedule>();
    }

    private static void AddStorage(this IServiceCollection services, RegionOptions options, DataFolder data)
    {
        var catalog = options.Catalog ?? CatalogOptions.Sqlite(data.Catalog);
        services.AddCatalog(catalog);
        services.AddBlobs(options, data, catalog);
        if (catalog.PostgresConnection is null)
        {
            services.AddHostedService<NeighbourWatch>();
            return;
        }

        // Other regions may be there.
        services.AddHostedService<CatalogWatch>();
        services.AddSingleton<DatabaseClock>();
        services.AddSingleton(s => new Leases(s.GetRequiredService<CatalogDatabase>(), s.GetRequiredService<DatabaseClock>()));
    }

    private static void AddBlobs(this IServiceCollection services, RegionOptions options, DataFolder data, CatalogOptions catalog)
    {
        ImmutableArray<Uri> peers = options.Blobs is BlobStorage.InFiles { Peers: var others } ? others : [];
        services.AddSingleton<PeerPass>();
        services.AddSingleton(s => new PeerFetcher(
            s.GetRequiredService<CatalogDatabase>(), s.GetRequiredService<PeerPass>(), s.GetRequiredService<OwnStore>().Blobs, peers, options.Imports, options.Time));
        if (peers.IsEmpty)
        {
            services.AddSingleton(_ => options.Blobs.Open(data, catalog, options.Time));
            services.AddSingleton(s => new OwnStore(s.GetRequiredService<IBlobStore>()));
            return;
        }

        services.AddSingleton(_ => new OwnStore(options.Blobs.Open(data, catalog, options.Time)));
        services.AddSingleton<IBlobStore>(s => new PeerBlobStore(s.GetRequiredService<OwnStore>().Blobs, s.GetRequiredService<PeerFetcher>()));
        services.AddHostedService<PeerReplication>();
    }

    private static void AddStream(this IServiceCollection services, RegionOptions options, DataFolder data)
    {
        services.AddSingleton(_ => StreamKeyRing.Open(data.StreamKey, options.StreamKey, options.Time.GetUtcNow()));
        services.AddSingleton(s => new StreamKeyRotation(
            data.StreamKey, s.GetRequiredService<StreamKeyRing>(), s.GetRequiredService<CatalogDatabase>(), s.GetRequiredService<ChangeSignal>(), options.Time));
        services.AddSingleton<StreamSigner>();
        services.AddSingleton<StreamLedger>();
        services.AddSingleton<StreamPublisher>();
        services.AddSingleton<ViewAdministration>();
        services.AddSingleton<PublicFiles>();
        services.AddSingleton<StreamServer>();
    }

    private static void AddAuth(this IServiceCollection services)
    {
        services.AddSingleton<NonceMemory>();
        services.AddSingleton<OAuthVerifier>();
        services.AddSingleton<UserAdministration>();
        services.AddSingleton<ApiKeyAdministration>();
        services.AddSingleton<FirstStart>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<SignInGuard>();
        services.AddSingleton<SignInTrail>();
        services.AddSingleton<FirstSignIn>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<LiveServer>();
    }

    private static void AddSources(this IServiceCollection services)
    {
        services.AddSingleton<SourceWatch>();
        services.AddSingleton<KeyringCheck>();
        services.AddSingleton<SourceTrial>();
        services.AddSingleton<ImageOverview>();
        services.AddSingleton<RenderedOverview>();
        services.AddSingleton<ImageRemoval>();
        services.AddSingleton<ImageSelecting>();
        services.AddSingleton<ImageSourceChange>();
        services.AddSingleton<SourceAdministration>();
        services.AddSingleton<SelectionAdministration>();
        services.AddSingleton<ResourceRemoval>();
    }

    private static void AddRacks(this IServiceCollection services)
    {
        services.AddSingleton<RackSignal>();
        services.AddSingleton<RackPresence>();
        services.AddSingleton<RackDigests>();
        services.AddSingleton<StreamMark>();
        services.AddSingleton<RackAdmission>();
        services.AddSingleton<RackAdministration>();
        services.AddSingleton<RackBriefing>();
        services.AddSingleton<RackReports>();
        services.AddSingleton<AssignmentAdministration>();
        services.AddSingleton<BootLog>();
        services.AddSingleton<BootProvenance>();
    }

    private static void AddUploads(this IServiceCollection services, ConversionOptions conversions, DataFolder data)
    {
        services.AddSingleton(s => new DiskImageConverter(
            conversions with { WorkFolder = data.Conversions }, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ConversionQueue>();
        services.AddSingleton<ConversionRun>();
        services.AddHostedService<ConversionWorker>();
        services.AddSingleton<UploadInspection>();
        services.AddSingleton<UploadAbandonment>();
        services.AddSingleton<TusUploads>();
        services.AddSingleton<TusServer>();
        services.AddSingleton<UploadList>();
        services.AddHostedService<UploadHousekeeping>();
        services.AddSingleton<UploadSessions>();
        services.AddSingleton<UploadBeginning>();
        services.AddSingleton<UploadCompletion>();
        services.AddSingleton<UploadChunks>();
        services.AddSingleton<WholeUploads>();
        services.AddSingleton<UploadEndpoints>();
        services.AddSingleton<RenderedLists>();
        services.AddSingleton<ReceivedBytes>();
    }

    // An endpoint set is one class that implements IApiEndpoints, and one line here.
    private static void AddApi(this IServiceCollection services, DataFolder data)
    {
        services.AddSingleton(new FormReader(data.Scratch));
        services.AddSingleton<ApiRoutes>();
        services.AddSingleton(s => new Lazy<ApiRoutes>(s.GetRequiredService<ApiRoutes>));
        services.AddSingleton<ApiDescription>();
        services.AddSingleton<ApiDispatcher>();
        services.AddSingleton<FailureAnswers>();
        services.AddSingleton(s => new RequestLimits(s.GetRequiredService<RegionOptions>().RequestsPerSecond));
        services.AddSingleton<CommandTrail>();
        services.AddSingleton<AuditRetention>();
        services.AddSingleton<RegionPlaces>();
        services.AddSingleton<IApiEndpoints, DescriptionEndpoints>();
        services.AddSingleton<IApiEndpoints, OpenApiEndpoints>();
        services.AddSingleton<IApiEndpoints, VersionEndpoints>();
        services.AddSingleton<IApiEndpoints, UserEndpoints>();
        services.AddSingleton<IApiEndpoints, AccountEndpoints>();
        services.AddSingleton<IApiEndpoints, SessionEndpoints>();
        services.AddSingleton<IApiEndpoints, BootSourceEndpoints>();
        services.AddSingleton<IApiEndpoints, SelectionEndpoints>();
        services.AddSingleton<IApiEndpoints, BootResourceEndpoints>();
        services.AddSingleton<IApiEndpoints, UploadListEndpoints>();
        services.AddSingleton<IApiEndpoints, ConversionEndpoints>();
        services.AddSingleton<IApiEndpoints, SettingEndpoints>();
        services.AddSingleton<IApiEndpoints, RackEndpoints>();
        services.AddSingleton<IApiEndpoints, RackExtensionEndpoints>();
        services.AddSingleton<IApiEndpoints, RackOwnEndpoints>();
        services.AddSingleton<IApiEndpoints, AssignmentEndpoints>();
        services.AddSingleton<IApiEndpoints, BootLogEndpoints>();
        services.AddSingleton<IApiEndpoints, NodeGroupEndpoints>();
        services.AddSingleton<IApiEndpoints, EventEndpoints>();
        services.AddSingleton<IApiEndpoints, ImageEndpoints>();
        services.AddSingleton<IApiEndpoints, ImageCopyEndpoints>();
        services.AddSingleton<IApiEndpoints, StreamKeyEndpoints>();
        services.AddSingleton<IApiEndpoints, ViewEndpoints>();
        services.AddSingleton<IApiEndpoints, OfferEndpoints>();
        services.AddSingleton<IApiEndpoints, SourceStateEndpoints>();
        services.AddSingleton<IApiEndpoints, ImportEndpoints>();
        services.AddSingleton<ImportActions>();
        services.AddSingleton<SignInEndpoint>();
    }
}
