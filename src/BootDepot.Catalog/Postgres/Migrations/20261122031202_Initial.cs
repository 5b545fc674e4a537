using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace BootDepot.Catalog.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "BootSources",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Url = table.Column<string>(type: "character varying(2048)", maxLength: 2048, nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "character varying(2048)", maxLength: 2048, nullable: false, collation: "C"),
                    Priority = table.Column<int>(type: "integer", nullable: false),
                    Enabled = table.Column<bool>(type: "boolean", nullable: false),
                    SkipKeyringVerification = table.Column<bool>(type: "boolean", nullable: false),
                    KeyringFilename = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: false, collation: "C"),
                    KeyringData = table.Column<byte[]>(type: "bytea", nullable: false),
                    Mirrors = table.Column<List<string>>(type: "text[]", nullable: false),
                    Proxy = table.Column<string>(type: "character varying(2048)", maxLength: 2048, nullable: true, collation: "C"),
                    CertificateAuthorities = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ClientCertificateFile = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: true, collation: "C"),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    CheckedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    VerifiedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    SignedBy = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    ProblemCode = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    ProblemMessage = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BootSources", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DamagedBlobs",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    ActualSha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Problem = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    UsedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    FoundAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    RepairedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DamagedBlobs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DeletedSets",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "character varying(511)", maxLength: 511, nullable: false, collation: "C"),
                    Architecture = table.Column<string>(type: "character varying(511)", maxLength: 511, nullable: false, collation: "C"),
                    Version = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    DeletedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    DeletedBy = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Reason = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Snapshot = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DeletedSets", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Events",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Actor = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Origin = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    Action = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Subject = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: false, collation: "C"),
                    Before = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    After = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Events", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ImportRuns",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Trigger = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    RequestedBy = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    Holder = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    StartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    PlannedBytes = table.Column<long>(type: "bigint", nullable: false),
                    FetchedBytes = table.Column<long>(type: "bigint", nullable: false),
                    Problems = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ImportRuns", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Leases",
                columns: table => new
                {
                    Name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Holder = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Generation = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Leases", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "MachineAssignments",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Target = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Mode = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Image = table.Column<string>(type: "character varying(511)", maxLength: 511, nullable: true, collation: "C"),
                    Kernel = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    Version = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    KernelParameters = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: false, collation: "C"),
                    Disk = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    Updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MachineAssignments", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RackTokens",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    SecretHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    Name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Expires = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RackTokens", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Racks",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    SystemId = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Uuid = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    SecretHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    Mode = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Policy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ImportRequests = table.Column<long>(type: "bigint", nullable: false),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    LastContact = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Version = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Url = table.Column<string>(type: "character varying(2048)", maxLength: 2048, nullable: false, collation: "C"),
                    Report = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ReportedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Racks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Resources",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "character varying(511)", maxLength: 511, nullable: false, collation: "C"),
                    Architecture = table.Column<string>(type: "character varying(511)", maxLength: 511, nullable: false, collation: "C"),
                    KernelFlavor = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    BootloaderType = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    Rolling = table.Column<bool>(type: "boolean", nullable: false),
                    BaseImage = table.Column<string>(type: "character varying(511)", maxLength: 511, nullable: false, collation: "C"),
                    Title = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Subarches = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Platform = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    SupportedPlatforms = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    LastDeployed = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Resources", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ResumableUploads",
                columns: table => new
                {
                    Id = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false, collation: "C"),
                    Owner = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    Metadata = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    ResourceId = table.Column<int>(type: "integer", nullable: true),
                    FaultCode = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    FaultMessage = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ResumableUploads", x => x.Id);
                    table.CheckConstraint("CK_ResumableUploads_Size", "\"Size\" >= 0");
                });

            migrationBuilder.CreateTable(
                name: "ScrubRuns",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    StartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Position = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Blobs = table.Column<int>(type: "integer", nullable: false),
                    Bytes = table.Column<long>(type: "bigint", nullable: false),
                    Damaged = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ScrubRuns", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Settings",
                columns: table => new
                {
                    Name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Value = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Settings", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "StreamDocuments",
                columns: table => new
                {
                    Name = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: false, collation: "C"),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StreamDocuments", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "StreamViews",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Images = table.Column<List<string>>(type: "text[]", nullable: false),
                    Arches = table.Column<List<string>>(type: "text[]", nullable: false),
                    Labels = table.Column<List<string>>(type: "text[]", nullable: false),
                    TokenHash = table.Column<byte[]>(type: "bytea", nullable: true),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StreamViews", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "UnreferencedBlobs",
                columns: table => new
                {
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    Since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UnreferencedBlobs", x => x.Sha256);
                });

            migrationBuilder.CreateTable(
                name: "Users",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Username = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Email = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    PasswordHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    IsSuperuser = table.Column<bool>(type: "boolean", nullable: false),
                    IsActive = table.Column<bool>(type: "boolean", nullable: false),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Users", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Offers",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    BootSourceId = table.Column<int>(type: "integer", nullable: false),
                    Os = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Release = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Arch = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Subarch = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    KernelFlavor = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Label = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    IsBootloader = table.Column<bool>(type: "boolean", nullable: false),
                    Title = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Version = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Size = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Offers", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Offers_BootSources_BootSourceId",
                        column: x => x.BootSourceId,
                        principalTable: "BootSources",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Selections",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    BootSourceId = table.Column<int>(type: "integer", nullable: false),
                    Os = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Release = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Arches = table.Column<List<string>>(type: "text[]", nullable: false),
                    Subarches = table.Column<List<string>>(type: "text[]", nullable: false),
                    Labels = table.Column<List<string>>(type: "text[]", nullable: false),
                    KeepVersions = table.Column<int>(type: "integer", nullable: true),
                    KeepDays = table.Column<int>(type: "integer", nullable: true),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Selections", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Selections_BootSources_BootSourceId",
                        column: x => x.BootSourceId,
                        principalTable: "BootSources",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SourceDocuments",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    BootSourceId = table.Column<int>(type: "integer", nullable: false),
                    Path = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: false, collation: "C"),
                    ETag = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: true, collation: "C"),
                    LastModified = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: true, collation: "C"),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Content = table.Column<byte[]>(type: "bytea", nullable: false),
                    SignedBy = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    StreamUpdated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    FetchedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SourceDocuments", x => x.Id);
                    table.ForeignKey(
                        name: "FK_SourceDocuments_BootSources_BootSourceId",
                        column: x => x.BootSourceId,
                        principalTable: "BootSources",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "DeletedBlobs",
                columns: table => new
                {
                    DeletedSetId = table.Column<int>(type: "integer", nullable: false),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DeletedBlobs", x => new { x.DeletedSetId, x.Sha256 });
                    table.ForeignKey(
                        name: "FK_DeletedBlobs_DeletedSets_DeletedSetId",
                        column: x => x.DeletedSetId,
                        principalTable: "DeletedSets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "MachineBoots",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    RecordId = table.Column<Guid>(type: "uuid", nullable: false),
                    RackId = table.Column<int>(type: "integer", nullable: true),
                    Machine = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    Address = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Started = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Ended = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Result = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Document = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MachineBoots", x => x.Id);
                    table.ForeignKey(
                        name: "FK_MachineBoots_Racks_RackId",
                        column: x => x.RackId,
                        principalTable: "Racks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "Sets",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ResourceId = table.Column<int>(type: "integer", nullable: false),
                    Version = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Label = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    CompletedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    WithheldAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    UpstreamLabel = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    Pinned = table.Column<bool>(type: "boolean", nullable: false),
                    BootSourceId = table.Column<int>(type: "integer", nullable: true),
                    ContentId = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: true, collation: "C"),
                    ProductName = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: true, collation: "C"),
                    ProductTags = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    VersionTags = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SignedBy = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sets", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Sets_BootSources_BootSourceId",
                        column: x => x.BootSourceId,
                        principalTable: "BootSources",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "FK_Sets_Resources_ResourceId",
                        column: x => x.ResourceId,
                        principalTable: "Resources",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ApiKeys",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    UserId = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    ConsumerKey = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    TokenKey = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    SecretHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    Scope = table.Column<int>(type: "integer", nullable: false),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ApiKeys", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ApiKeys_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Sessions",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    TokenHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    UserId = table.Column<int>(type: "integer", nullable: false),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    LastUsed = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sessions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Sessions_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Files",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    SetId = table.Column<int>(type: "integer", nullable: false),
                    Filename = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    FileType = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    StoredAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ItemName = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    ItemPath = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: true, collation: "C"),
                    ItemTags = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Files", x => x.Id);
                    table.CheckConstraint("CK_Files_Size", "\"Size\" >= 0");
                    table.ForeignKey(
                        name: "FK_Files_Sets_SetId",
                        column: x => x.SetId,
                        principalTable: "Sets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Conversions",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    FileId = table.Column<int>(type: "integer", nullable: true),
                    SourceSha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Target = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    Key = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    FaultCode = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    FaultMessage = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ResultSha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    ResultSize = table.Column<long>(type: "bigint", nullable: true),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Conversions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Conversions_Files_FileId",
                        column: x => x.FileId,
                        principalTable: "Files",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "UploadFacts",
                columns: table => new
                {
                    FileId = table.Column<int>(type: "integer", nullable: false),
                    Force = table.Column<bool>(type: "boolean", nullable: false),
                    ConvertTo = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    Found = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Warnings = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    FaultCode = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    FaultMessage = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UploadFacts", x => x.FileId);
                    table.ForeignKey(
                        name: "FK_UploadFacts_Files_FileId",
                        column: x => x.FileId,
                        principalTable: "Files",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ApiKeys_TokenKey",
                table: "ApiKeys",
                column: "TokenKey",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ApiKeys_UserId",
                table: "ApiKeys",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_BootSources_Name",
                table: "BootSources",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_BootSources_Url",
                table: "BootSources",
                column: "Url",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Conversions_FileId",
                table: "Conversions",
                column: "FileId");

            migrationBuilder.CreateIndex(
                name: "IX_Conversions_Key",
                table: "Conversions",
                column: "Key");

            migrationBuilder.CreateIndex(
                name: "IX_Conversions_State",
                table: "Conversions",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_DamagedBlobs_Sha256",
                table: "DamagedBlobs",
                column: "Sha256");

            migrationBuilder.CreateIndex(
                name: "IX_DeletedBlobs_Sha256",
                table: "DeletedBlobs",
                column: "Sha256");

            migrationBuilder.CreateIndex(
                name: "IX_DeletedSets_DeletedAt",
                table: "DeletedSets",
                column: "DeletedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Events_Subject_Id",
                table: "Events",
                columns: new[] { "Subject", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Files_SetId_Filename",
                table: "Files",
                columns: new[] { "SetId", "Filename" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Files_Sha256",
                table: "Files",
                column: "Sha256");

            migrationBuilder.CreateIndex(
                name: "IX_ImportRuns_State",
                table: "ImportRuns",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_MachineAssignments_Target",
                table: "MachineAssignments",
                column: "Target",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_MachineBoots_Machine",
                table: "MachineBoots",
                column: "Machine");

            migrationBuilder.CreateIndex(
                name: "IX_MachineBoots_RackId",
                table: "MachineBoots",
                column: "RackId");

            migrationBuilder.CreateIndex(
                name: "IX_MachineBoots_RecordId",
                table: "MachineBoots",
                column: "RecordId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Offers_BootSourceId",
                table: "Offers",
                column: "BootSourceId");

            migrationBuilder.CreateIndex(
                name: "IX_Offers_Os_Release",
                table: "Offers",
                columns: new[] { "Os", "Release" });

            migrationBuilder.CreateIndex(
                name: "IX_RackTokens_SecretHash",
                table: "RackTokens",
                column: "SecretHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Racks_Name",
                table: "Racks",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Racks_SystemId",
                table: "Racks",
                column: "SystemId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Racks_Uuid",
                table: "Racks",
                column: "Uuid",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Resources_Kind_Name_Architecture",
                table: "Resources",
                columns: new[] { "Kind", "Name", "Architecture" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Selections_BootSourceId_Os_Release",
                table: "Selections",
                columns: new[] { "BootSourceId", "Os", "Release" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_TokenHash",
                table: "Sessions",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_UserId",
                table: "Sessions",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_Sets_BootSourceId",
                table: "Sets",
                column: "BootSourceId");

            migrationBuilder.CreateIndex(
                name: "IX_Sets_ResourceId_Version",
                table: "Sets",
                columns: new[] { "ResourceId", "Version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_SourceDocuments_BootSourceId_Path",
                table: "SourceDocuments",
                columns: new[] { "BootSourceId", "Path" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_StreamViews_Name",
                table: "StreamViews",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Users_Username",
                table: "Users",
                column: "Username",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ApiKeys");

            migrationBuilder.DropTable(
                name: "Conversions");

            migrationBuilder.DropTable(
                name: "DamagedBlobs");

            migrationBuilder.DropTable(
                name: "DeletedBlobs");

            migrationBuilder.DropTable(
                name: "Events");

            migrationBuilder.DropTable(
                name: "ImportRuns");

            migrationBuilder.DropTable(
                name: "Leases");

            migrationBuilder.DropTable(
                name: "MachineAssignments");

            migrationBuilder.DropTable(
                name: "MachineBoots");

            migrationBuilder.DropTable(
                name: "Offers");

            migrationBuilder.DropTable(
                name: "RackTokens");

            migrationBuilder.DropTable(
                name: "ResumableUploads");

            migrationBuilder.DropTable(
                name: "ScrubRuns");

            migrationBuilder.DropTable(
                name: "Selections");

            migrationBuilder.DropTable(
                name: "Sessions");

            migrationBuilder.DropTable(
                name: "Settings");

            migrationBuilder.DropTable(
                name: "SourceDocuments");

            migrationBuilder.DropTable(
                name: "StreamDocuments");

            migrationBuilder.DropTable(
                name: "StreamViews");

            migrationBuilder.DropTable(
                name: "UnreferencedBlobs");

            migrationBuilder.DropTable(
                name: "UploadFacts");

            migrationBuilder.DropTable(
                name: "DeletedSets");

            migrationBuilder.DropTable(
                name: "Racks");

            migrationBuilder.DropTable(
                name: "Users");

            migrationBuilder.DropTable(
                name: "Files");

            migrationBuilder.DropTable(
                name: "Sets");

            migrationBuilder.DropTable(
                name: "BootSources");

            migrationBuilder.DropTable(
                name: "Resources");
        }
    }
}
