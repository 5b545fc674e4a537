using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BootDepot.Catalog.Sqlite.Migrations
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
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Url = table.Column<string>(type: "TEXT", maxLength: 2048, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 2048, nullable: false),
                    Priority = table.Column<int>(type: "INTEGER", nullable: false),
                    Enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    SkipKeyringVerification = table.Column<bool>(type: "INTEGER", nullable: false),
                    KeyringFilename = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: false),
                    KeyringData = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false),
                    CheckedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    VerifiedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    SignedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    ProblemCode = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    ProblemMessage = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BootSources", x => x.Id);
                    table.CheckConstraint("CK_BootSources_KeyringFilename_Length", "length(\"KeyringFilename\") <= 1024");
                    table.CheckConstraint("CK_BootSources_Name_Length", "length(\"Name\") <= 2048");
                    table.CheckConstraint("CK_BootSources_ProblemCode_Length", "length(\"ProblemCode\") <= 64");
                    table.CheckConstraint("CK_BootSources_SignedBy_Length", "length(\"SignedBy\") <= 64");
                    table.CheckConstraint("CK_BootSources_Url_Length", "length(\"Url\") <= 2048");
                });

            migrationBuilder.CreateTable(
                name: "Events",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Actor = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Origin = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    Action = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: false),
                    Before = table.Column<string>(type: "TEXT", nullable: true),
                    After = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Events", x => x.Id);
                    table.CheckConstraint("CK_Events_Action_Length", "length(\"Action\") <= 64");
                    table.CheckConstraint("CK_Events_Actor_Length", "length(\"Actor\") <= 255");
                    table.CheckConstraint("CK_Events_Origin_Length", "length(\"Origin\") <= 255");
                    table.CheckConstraint("CK_Events_Subject_Length", "length(\"Subject\") <= 1024");
                });

            migrationBuilder.CreateTable(
                name: "ImportRuns",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    Trigger = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    RequestedBy = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    Holder = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    PlannedBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    FetchedBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Problems = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ImportRuns", x => x.Id);
                    table.CheckConstraint("CK_ImportRuns_Holder_Length", "length(\"Holder\") <= 255");
                    table.CheckConstraint("CK_ImportRuns_RequestedBy_Length", "length(\"RequestedBy\") <= 255");
                    table.CheckConstraint("CK_ImportRuns_Trigger_Length", "length(\"Trigger\") <= 64");
                });

            migrationBuilder.CreateTable(
                name: "Leases",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Holder = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Generation = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Leases", x => x.Name);
                    table.CheckConstraint("CK_Leases_Holder_Length", "length(\"Holder\") <= 255");
                    table.CheckConstraint("CK_Leases_Name_Length", "length(\"Name\") <= 255");
                });

            migrationBuilder.CreateTable(
                name: "Resources",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Kind = table.Column<int>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 511, nullable: false),
                    Architecture = table.Column<string>(type: "TEXT", maxLength: 511, nullable: false),
                    KernelFlavor = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    BootloaderType = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    Rolling = table.Column<bool>(type: "INTEGER", nullable: false),
                    BaseImage = table.Column<string>(type: "TEXT", maxLength: 511, nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: true),
                    Subarches = table.Column<string>(type: "TEXT", nullable: true),
                    Platform = table.Column<string>(type: "TEXT", nullable: true),
                    SupportedPlatforms = table.Column<string>(type: "TEXT", nullable: true),
                    LastDeployed = table.Column<long>(type: "INTEGER", nullable: true),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Resources", x => x.Id);
                    table.CheckConstraint("CK_Resources_Architecture_Length", "length(\"Architecture\") <= 511");
                    table.CheckConstraint("CK_Resources_BaseImage_Length", "length(\"BaseImage\") <= 511");
                    table.CheckConstraint("CK_Resources_BootloaderType_Length", "length(\"BootloaderType\") <= 255");
                    table.CheckConstraint("CK_Resources_KernelFlavor_Length", "length(\"KernelFlavor\") <= 255");
                    table.CheckConstraint("CK_Resources_Name_Length", "length(\"Name\") <= 511");
                });

            migrationBuilder.CreateTable(
                name: "Settings",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Value = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Settings", x => x.Name);
                    table.CheckConstraint("CK_Settings_Name_Length", "length(\"Name\") <= 255");
                });

            migrationBuilder.CreateTable(
                name: "Users",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Username = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Email = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    PasswordHash = table.Column<string>(type: "TEXT", nullable: true),
                    IsSuperuser = table.Column<bool>(type: "INTEGER", nullable: false),
                    IsActive = table.Column<bool>(type: "INTEGER", nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Users", x => x.Id);
                    table.CheckConstraint("CK_Users_Email_Length", "length(\"Email\") <= 255");
                    table.CheckConstraint("CK_Users_Username_Length", "length(\"Username\") <= 255");
                });

            migrationBuilder.CreateTable(
                name: "Offers",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    BootSourceId = table.Column<int>(type: "INTEGER", nullable: false),
                    Os = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Release = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Arch = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Subarch = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    KernelFlavor = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Label = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    IsBootloader = table.Column<bool>(type: "INTEGER", nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: false),
                    Version = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Size = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Offers", x => x.Id);
                    table.CheckConstraint("CK_Offers_Arch_Length", "length(\"Arch\") <= 255");
                    table.CheckConstraint("CK_Offers_KernelFlavor_Length", "length(\"KernelFlavor\") <= 255");
                    table.CheckConstraint("CK_Offers_Label_Length", "length(\"Label\") <= 255");
                    table.CheckConstraint("CK_Offers_Os_Length", "length(\"Os\") <= 255");
                    table.CheckConstraint("CK_Offers_Release_Length", "length(\"Release\") <= 255");
                    table.CheckConstraint("CK_Offers_Subarch_Length", "length(\"Subarch\") <= 255");
                    table.CheckConstraint("CK_Offers_Version_Length", "length(\"Version\") <= 255");
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
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    BootSourceId = table.Column<int>(type: "INTEGER", nullable: false),
                    Os = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Release = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Arches = table.Column<string>(type: "TEXT", nullable: false),
                    Subarches = table.Column<string>(type: "TEXT", nullable: false),
                    Labels = table.Column<string>(type: "TEXT", nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Selections", x => x.Id);
                    table.CheckConstraint("CK_Selections_Os_Length", "length(\"Os\") <= 255");
                    table.CheckConstraint("CK_Selections_Release_Length", "length(\"Release\") <= 255");
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
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    BootSourceId = table.Column<int>(type: "INTEGER", nullable: false),
                    Path = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: false),
                    ETag = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: true),
                    LastModified = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: true),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SignedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    StreamUpdated = table.Column<long>(type: "INTEGER", nullable: true),
                    FetchedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SourceDocuments", x => x.Id);
                    table.CheckConstraint("CK_SourceDocuments_ETag_Length", "length(\"ETag\") <= 1024");
                    table.CheckConstraint("CK_SourceDocuments_LastModified_Length", "length(\"LastModified\") <= 1024");
                    table.CheckConstraint("CK_SourceDocuments_Path_Length", "length(\"Path\") <= 1024");
                    table.CheckConstraint("CK_SourceDocuments_Sha256_Length", "length(\"Sha256\") <= 64");
                    table.CheckConstraint("CK_SourceDocuments_SignedBy_Length", "length(\"SignedBy\") <= 64");
                    table.ForeignKey(
                        name: "FK_SourceDocuments_BootSources_BootSourceId",
                        column: x => x.BootSourceId,
                        principalTable: "BootSources",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Sets",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ResourceId = table.Column<int>(type: "INTEGER", nullable: false),
                    Version = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Label = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    CompletedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Pinned = table.Column<bool>(type: "INTEGER", nullable: false),
                    BootSourceId = table.Column<int>(type: "INTEGER", nullable: true),
                    ContentId = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: true),
                    ProductName = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: true),
                    ProductTags = table.Column<string>(type: "TEXT", nullable: false),
                    VersionTags = table.Column<string>(type: "TEXT", nullable: false),
                    SignedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sets", x => x.Id);
                    table.CheckConstraint("CK_Sets_ContentId_Length", "length(\"ContentId\") <= 1024");
                    table.CheckConstraint("CK_Sets_Label_Length", "length(\"Label\") <= 255");
                    table.CheckConstraint("CK_Sets_ProductName_Length", "length(\"ProductName\") <= 1024");
                    table.CheckConstraint("CK_Sets_SignedBy_Length", "length(\"SignedBy\") <= 64");
                    table.CheckConstraint("CK_Sets_Version_Length", "length(\"Version\") <= 255");
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
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    UserId = table.Column<int>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    ConsumerKey = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    TokenKey = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    SecretHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ApiKeys", x => x.Id);
                    table.CheckConstraint("CK_ApiKeys_ConsumerKey_Length", "length(\"ConsumerKey\") <= 255");
                    table.CheckConstraint("CK_ApiKeys_Name_Length", "length(\"Name\") <= 255");
                    table.CheckConstraint("CK_ApiKeys_TokenKey_Length", "length(\"TokenKey\") <= 255");
                    table.ForeignKey(
                        name: "FK_ApiKeys_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Files",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    SetId = table.Column<int>(type: "INTEGER", nullable: false),
                    Filename = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    FileType = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Size = table.Column<long>(type: "INTEGER", nullable: false),
                    StoredAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ItemName = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    ItemPath = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: true),
                    ItemTags = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Files", x => x.Id);
                    table.CheckConstraint("CK_Files_FileType_Length", "length(\"FileType\") <= 255");
                    table.CheckConstraint("CK_Files_Filename_Length", "length(\"Filename\") <= 255");
                    table.CheckConstraint("CK_Files_ItemName_Length", "length(\"ItemName\") <= 255");
                    table.CheckConstraint("CK_Files_ItemPath_Length", "length(\"ItemPath\") <= 1024");
                    table.CheckConstraint("CK_Files_Sha256_Length", "length(\"Sha256\") <= 64");
                    table.CheckConstraint("CK_Files_Size", "\"Size\" >= 0");
                    table.ForeignKey(
                        name: "FK_Files_Sets_SetId",
                        column: x => x.SetId,
                        principalTable: "Sets",
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
                name: "IX_Offers_BootSourceId",
                table: "Offers",
                column: "BootSourceId");

            migrationBuilder.CreateIndex(
                name: "IX_Offers_Os_Release",
                table: "Offers",
                columns: new[] { "Os", "Release" });

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
                name: "Events");

            migrationBuilder.DropTable(
                name: "Files");

            migrationBuilder.DropTable(
                name: "ImportRuns");

            migrationBuilder.DropTable(
                name: "Leases");

            migrationBuilder.DropTable(
                name: "Offers");

            migrationBuilder.DropTable(
                name: "Selections");

            migrationBuilder.DropTable(
                name: "Settings");

            migrationBuilder.DropTable(
                name: "SourceDocuments");

            migrationBuilder.DropTable(
                name: "Users");

            migrationBuilder.DropTable(
                name: "Sets");

            migrationBuilder.DropTable(
                name: "BootSources");

            migrationBuilder.DropTable(
                name: "Resources");
        }
    }
}
