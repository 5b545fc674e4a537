using BootDepot.Catalog.Events;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Catalog.Racks;
using BootDepot.Catalog.Postgres;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Settings;
using BootDepot.Catalog.Sources;
using BootDepot.Catalog.Streams;
using BootDepot.Catalog.Sqlite;
using BootDepot.Catalog.Uploads;
using BootDepot.Catalog.Users;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog;

/// <summary>The catalogue: one unit of work over the database. What clients see changes by one of its transactions.</summary>
public sealed class CatalogContext(DbContextOptions<CatalogContext> options) : DbContext(options)
{
    /// <summary>Boot sources.</summary>
    public DbSet<BootSource> BootSources => Set<BootSource>();

    /// <summary>Selections of all sources.</summary>
    public DbSet<BootSourceSelection> Selections => Set<BootSourceSelection>();

    /// <summary>Stream documents as last verified.</summary>
    public DbSet<SourceDocument> SourceDocuments => Set<SourceDocument>();

    /// <summary>What sources offer.</summary>
    public DbSet<Offer> Offers => Set<Offer>();

    /// <summary>Boot resources.</summary>
    public DbSet<BootResource> Resources => Set<BootResource>();

    /// <summary>Versions of resources.</summary>
    public DbSet<ResourceSet> Sets => Set<ResourceSet>();

    /// <summary>Files of versions.</summary>
    public DbSet<ResourceFile> Files => Set<ResourceFile>();

    /// <summary>What is known of uploaded files.</summary>
    public DbSet<UploadFacts> UploadFacts => Set<UploadFacts>();

    /// <summary>Uploads that are no resource yet.</summary>
    public DbSet<ResumableUpload> ResumableUploads => Set<ResumableUpload>();

    /// <summary>Conversions of uploaded files.</summary>
    public DbSet<Conversion> Conversions => Set<Conversion>();

    /// <summary>Users.</summary>
    public DbSet<User> Users => Set<User>();

    /// <summary>API keys.</summary>
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <summary>Browsers that are signed in.</summary>
    public DbSet<BrowserSession> Sessions => Set<BrowserSession>();

    /// <summary>Import runs.</summary>
    public DbSet<ImportRun> ImportRuns => Set<ImportRun>();

    /// <summary>Leases.</summary>
    public DbSet<Lease> Leases => Set<Lease>();

    /// <summary>Changed settings.</summary>
    public DbSet<Setting> Settings => Set<Setting>();

    /// <summary>Documents of the published stream.</summary>
    public DbSet<StreamDocument> StreamDocuments => Set<StreamDocument>();

    /// <summary>Views of the published stream.</summary>
    public DbSet<StreamView> StreamViews => Set<StreamView>();

    /// <summary>What opens private views.</summary>
    public DbSet<StreamViewToken> StreamViewTokens => Set<StreamViewToken>();

    /// <summary>Deleted versions that can still be put back.</summary>
    public DbSet<DeletedSet> DeletedSets => Set<DeletedSet>();

    /// <summary>Blobs that deleted versions need to come back.</summary>
    public DbSet<DeletedBlob> DeletedBlobs => Set<DeletedBlob>();

    /// <summary>Blobs that nothing refers to.</summary>
    public DbSet<UnreferencedBlob> UnreferencedBlobs => Set<UnreferencedBlob>();

    /// <summary>Blobs that were found damaged.</summary>
    public DbSet<DamagedBlob> DamagedBlobs => Set<DamagedBlob>();

    /// <summary>Passes over the stored bytes.</summary>
    public DbSet<ScrubRun> ScrubRuns => Set<ScrubRun>();

    /// <summary>Racks that enrolled.</summary>
    public DbSet<RackController> Racks => Set<RackController>();

    /// <summary>Tokens by which racks may enrol.</summary>
    public DbSet<RackEnrolmentToken> RackTokens => Set<RackEnrolmentToken>();

    /// <summary>What machines boot.</summary>
    public DbSet<MachineAssignment> MachineAssignments => Set<MachineAssignment>();

    /// <summary>How machines booted.</summary>
    public DbSet<MachineBoot> MachineBoots => Set<MachineBoot>();

    /// <summary>Audit trail.</summary>
    public DbSet<AuditEvent> Events => Set<AuditEvent>();

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CatalogContext).Assembly);
        if (Database.IsSqlite())
            SqliteModel.Adapt(modelBuilder);
        else
            PostgresModel.Adapt(modelBuilder);
    }
}
